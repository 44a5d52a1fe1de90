const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Whole shares and multiples of a second: a steady device then has equally many samples in each bucket. */
const SHORT_STEPS = [
  50, 100, 200, 250, 500, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 10_000, 12_000, 15_000, 20_000, 30_000,
  60_000,
];
/** No picture needs more columns than this, and the hub gives no more than 10,000. */
const MOST_COLUMNS = 4_000;

/**
 * The length of one column for a range drawn `width` CSS pixels wide: about a pixel, rounded up to what fits
 * the hub's roll-ups, so that neighbouring columns stand for equally much. Changes rarely while a window is resized.
 */
export function bucketFor(rangeMs: number, width: number): number {
  const least = rangeMs / Math.max(1, Math.min(MOST_COLUMNS, Math.floor(width)));
  const short = SHORT_STEPS.find((step) => step >= least);
  if (short !== undefined) return short;
  return least <= HOUR ? Math.ceil(least / MINUTE) * MINUTE : Math.ceil(least / HOUR) * HOUR;
}

/** A question to the hub: `points` columns of `bucketMs`, on a grid that does not move with the clock. */
export interface BucketRange {
  from: number;
  to: number;
  points: number;
}

/** The whole columns that cover `[from, to)`. */
export function coverWith(bucketMs: number, from: number, to: number): BucketRange {
  const first = Math.floor(from / bucketMs);
  const last = Math.max(first + 1, Math.ceil(to / bucketMs));
  return { from: first * bucketMs, to: last * bucketMs, points: last - first };
}

/** How often a picture that follows the clock asks for its newest columns, ms. */
export function refreshEveryMs(bucketMs: number): number {
  return Math.min(60_000, Math.max(2_000, bucketMs));
}
