import type { ChartSpec } from '@shared/metrics/chart-spec';
import { formatSeriesKey } from '@shared/protocol/series-key';
import { freeLook } from './looks';

/** Words that mean the same everywhere have the same colour everywhere. */
const BY_WORD: Readonly<Record<string, number>> = {
  user: 1,
  system: 2,
  iowait: 3,
  nice: 4,
  interrupt: 6,
  steal: 7,
  kernel: 5,
  receive: 1,
  transmit: 2,
  in: 1,
  out: 2,
  read: 4,
  write: 3,
  used: 4,
  cached: 5,
  buffers: 1,
  free: 8,
  all: 1,
  '1 min': 1,
  '5 min': 2,
  '15 min': 5,
};

const BY_GROUP: Readonly<Record<string, number>> = {
  CPU: 1,
  Memory: 4,
  Network: 1,
  Disk: 4,
  'File systems': 4,
  Temperature: 2,
  Load: 1,
  Processes: 5,
  Power: 4,
};

function slotOf(slots: Readonly<Record<string, number>>, name: string): number | undefined {
  return Object.hasOwn(slots, name) ? slots[name] : undefined;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/**
 * Chooses the look of each series of a chart: the same for the same metric and labels at every start, and unique within
 * a chart as long as there are free looks. A series that asks for a look gets it.
 */
export function seriesSlots(spec: Pick<ChartSpec, 'group' | 'series'>): Map<number, number> {
  const slots = new Map<number, number>();
  const taken = new Set<number>();
  for (const { id, slot } of spec.series) {
    if (slot === undefined) continue;
    slots.set(id, slot);
    taken.add(slot);
  }
  const free = spec.series.filter(({ slot }) => slot === undefined);
  const wishes = free.map((series) => {
    const byWord = slotOf(BY_WORD, series.label);
    const byGroup = spec.series.length === 1 ? slotOf(BY_GROUP, spec.group) : undefined;
    const key = formatSeriesKey(series.metric, series.labels);
    return { id: series.id, key, known: byWord ?? byGroup, slot: byWord ?? byGroup ?? (hash(key) % 6) + 1 };
  });
  // Known words choose first; the others by their key, so that the order of series does not matter.
  wishes.sort(
    (a, b) => Number(b.known !== undefined) - Number(a.known !== undefined) || (a.key < b.key ? -1 : 1),
  );
  for (const { id, slot } of wishes) {
    const chosen = freeLook(taken, slot);
    taken.add(chosen);
    slots.set(id, chosen);
  }
  return slots;
}
