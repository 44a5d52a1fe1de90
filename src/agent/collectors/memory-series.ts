import { PRIORITY } from './priorities';
import type { SlotTable } from './series-slots';

/** `system.memory.usage` of each state and `system.memory.limit`, bytes. */
export function setMemory(slots: SlotTable, total: number, states: Readonly<Record<string, number>>): void {
  for (const state in states) {
    const declare = () => ({
      name: 'system.memory.usage',
      labels: { 'system.memory.state': state },
      unit: 'By',
      kind: 'gauge' as const,
      min: 0,
      max: total,
    });
    slots.set(state, states[state] ?? null, declare, PRIORITY.machine, total);
  }
  slots.set('limit', total, () => ({ name: 'system.memory.limit', unit: 'By', kind: 'gauge', min: 0 }));
}

/** `system.paging.usage` and `.utilization`, for a machine that has swap space. */
export function setSwap(slots: SlotTable, total: number, ownFree: number): void {
  if (!(total > 0)) return;
  // Containers may show the host's free swap together with a total of their own.
  const free = Math.min(total, Math.max(0, ownFree));
  for (const [state, value] of [
    ['used', total - free],
    ['free', free],
  ] as const) {
    const declare = () => ({
      name: 'system.paging.usage',
      labels: { 'system.paging.state': state },
      unit: 'By',
      kind: 'gauge' as const,
      min: 0,
      max: total,
    });
    slots.set(state, value, declare, PRIORITY.machine, total);
  }
  slots.set('utilization', Math.round(((total - free) / total) * 10_000) / 10_000, () => ({
    name: 'system.paging.utilization',
    labels: { 'system.paging.state': 'used' },
    unit: '1',
    kind: 'gauge',
    min: 0,
    max: 1,
  }));
}
