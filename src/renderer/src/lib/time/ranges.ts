const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The ranges that a page offers, shortest first. `all` is as long as there is data. */
export const RANGES = [
  { name: '1m', words: 'minute', ms: MINUTE },
  { name: '5m', words: '5 minutes', ms: 5 * MINUTE },
  { name: '15m', words: '15 minutes', ms: 15 * MINUTE },
  { name: '1h', words: 'hour', ms: HOUR },
  { name: '6h', words: '6 hours', ms: 6 * HOUR },
  { name: '24h', words: '24 hours', ms: DAY },
  { name: '7d', words: '7 days', ms: 7 * DAY },
  { name: '30d', words: '30 days', ms: 30 * DAY },
  { name: 'all', words: null, ms: null },
] as const;

export type RangeName = (typeof RANGES)[number]['name'];

/** Ranges up to this one are shown from memory, sample by sample, ms. */
export const LIVE_REACH_MS = 15 * MINUTE;
/** Ranges up to this one are always offered, because a new hub soon fills them, ms. */
const ALWAYS_OFFERED_MS = HOUR;
/** `all` is never shorter than this, because a new device's data would otherwise be stretched too far, ms. */
const SHORTEST_ALL_MS = 5 * MINUTE;

const NAMES: readonly string[] = RANGES.map(({ name }) => name);

export function isRangeName(text: string | null): text is RangeName {
  return text !== null && NAMES.includes(text);
}

/** The times of the oldest and newest sample, ms since the epoch; null while unknown or if there are none. */
export interface Extent {
  oldest: number;
  newest: number;
}

/** Returns the length of a range, ms. Without a known extent, `all` is a day. */
export function rangeMs(name: RangeName, extent: Extent | null, now: number): number {
  const fixed = RANGES.find((range) => range.name === name)?.ms ?? null;
  if (fixed !== null) return fixed;
  if (!extent) return DAY;
  return Math.max(SHORTEST_ALL_MS, now - extent.oldest);
}

/** The history that a hub can show. */
export interface Past {
  /** False for a hub that keeps only the samples in its memory. */
  kept: boolean;
  extent: Extent | null;
}

export interface OfferedRange {
  name: RangeName;
  label: string;
  /** Explains the range, or why it is unavailable. */
  title: string;
  disabled: boolean;
}

/**
 * Returns the useful ranges: those up to the first that holds all data, and `all`. Longer ones would only show
 * emptiness. While the extent of a stored history is unknown, all are offered.
 */
export function offeredRanges({ kept, extent }: Past, now: number): OfferedRange[] {
  const span = extent ? now - extent.oldest : kept ? Infinity : 0;
  let enough = false;
  return RANGES.map(({ name, words, ms }): OfferedRange => {
    const label = name === 'all' ? 'All' : name;
    if (ms === null) {
      return kept
        ? { name, label, title: 'All data', disabled: false }
        : { name, label, title: 'No history is kept on disk', disabled: true };
    }
    const short = ms <= LIVE_REACH_MS;
    if (!kept && !short) {
      return {
        name,
        label,
        title: 'No history is kept on disk, only the last 15 minutes in memory',
        disabled: true,
      };
    }
    const disabled = enough && ms > ALWAYS_OFFERED_MS;
    enough ||= ms >= span;
    return {
      name,
      label,
      title: disabled ? 'There is no data that old' : `The last ${words}`,
      disabled,
    };
  });
}

/** Returns the next shorter (`-1`) or longer (`1`) offered range; the same one if there is none. */
export function stepRange(offered: readonly OfferedRange[], name: RangeName, step: -1 | 1): RangeName {
  const usable = offered.filter((range) => !range.disabled || range.name === name);
  const at = usable.findIndex((range) => range.name === name);
  return usable[at + step]?.name ?? name;
}
