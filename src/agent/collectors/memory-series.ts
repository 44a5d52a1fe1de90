import type { SlotTable } from './series-slots';

/** `system.memory.usage` of each state and `system.memory.limit`, bytes. */
export function setMemory(slots: SlotTable, total: number, states: Readonly<Record<string, number>>): void {
  for (const state in states) {
    slots.set(state, states[state] ?? null, () => ({
      name: 'system.memory.usage',
      labels: { 'system.memory.state': state },
      unit: 'By',
      kind: 'gauge',
      min: 0,
      max: total,
    }));
  }
  slots.set('limit', total, () => ({ name: 'system.memory.limit', unit: 'By', kind: 'gauge', min: 0 }));
}

/** `system.paging.usage` and `.utilization`, for a machine that has swap space. */
export function setSwap(slots: SlotTable, total: number, free: number): void {
  if (!(total > 0)) return;
  for (const [state, value] of [
    ['used', total - free],
    ['free', free],
  ] as const) {
    slots.set(state, value, () => ({
      name: 'system.paging.usage',
      labels: { 'system.paging.state': state },
      unit: 'By',
      kind: 'gauge',
      min: 0,
      max: total,
    }));
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
