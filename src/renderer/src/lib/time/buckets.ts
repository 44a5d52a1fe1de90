const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Divisors and multiples of a second, so that each bucket of a steady device has the same number of samples.
 */
const SHORT_STEPS = [
  50, 100, 200, 250, 500, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 10_000, 12_000, 15_000, 20_000, 30_000,
  60_000,
];
/** No chart needs more columns than this, and the hub returns no more than 10,000. */
const MOST_COLUMNS = 4_000;

/**
 * Returns the length of one column for a range drawn `width` CSS pixels wide: about a pixel, rounded up to a length
 * that fits the hub's roll-ups, so that all columns cover the same time. Rarely changes while a window is resized.
 */
export function bucketFor(rangeMs: number, width: number): number {
  const least = rangeMs / Math.max(1, Math.min(MOST_COLUMNS, Math.floor(width)));
  const short = SHORT_STEPS.find((step) => step >= least);
  if (short !== undefined) return short;
  return least <= HOUR ? Math.ceil(least / MINUTE) * MINUTE : Math.ceil(least / HOUR) * HOUR;
}

/** A request to the hub: `points` columns of `bucketMs`, on a grid that does not move with the clock. */
export interface BucketRange {
  from: number;
  to: number;
  points: number;
}

/** Returns the whole columns that cover `[from, to)`. */
export function coverWith(bucketMs: number, from: number, to: number): BucketRange {
  const first = Math.floor(from / bucketMs);
  const last = Math.max(first + 1, Math.ceil(to / bucketMs));
  return { from: first * bucketMs, to: last * bucketMs, points: last - first };
}

/** Returns how often a chart that follows the clock requests its newest columns, ms. */
export function refreshEveryMs(bucketMs: number): number {
  return Math.min(60_000, Math.max(2_000, bucketMs));
}
