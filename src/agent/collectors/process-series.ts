import type { SlotTable } from './series-slots';

/** `system.process.count` of one state, or of all when `state` is null. */
export function setProcessCount(slots: SlotTable, state: string | null, count: number | null): void {
  slots.set(`count ${state ?? ''}`, count, () => ({
    name: 'system.process.count',
    ...(state === null ? {} : { labels: { 'process.state': state } }),
    unit: '{process}',
    kind: 'gauge',
    min: 0,
  }));
}
