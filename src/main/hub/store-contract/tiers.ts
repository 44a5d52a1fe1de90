/** The layout of time in the file: which tiers there are and how their chunks are cut. */

export const RAW = 0;
export const MINUTE = 1;
export const HOUR = 2;
export type Tier = typeof RAW | typeof MINUTE | typeof HOUR;

export const TIERS: readonly Tier[] = [RAW, MINUTE, HOUR];

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** One row of a tier stands for this long; 0 for samples as they came. */
export const TIER_STEP_MS: Readonly<Record<Tier, number>> = {
  [RAW]: 0,
  [MINUTE]: MINUTE_MS,
  [HOUR]: HOUR_MS,
};

/** A chunk never crosses a multiple of this, so that a range of time names few chunks and merging stays local. */
export const WINDOW_MS: Readonly<Record<Tier, number>> = {
  [RAW]: 4 * HOUR_MS,
  [MINUTE]: 12 * HOUR_MS,
  [HOUR]: 32 * DAY_MS,
};

/** Rows times columns of one chunk at most: bounds memory and the time that one step of work takes. */
export const MAX_CHUNK_CELLS = 256 * 1_024;

/** Counter readings look back this far for the one before, and through no more than a few chunks. */
export const LOOKBACK_MS = DAY_MS;

export function floorTo(time: number, step: number): number {
  return Math.floor(time / step) * step;
}
