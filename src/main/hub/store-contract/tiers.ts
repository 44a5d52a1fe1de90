/** The layout of time in the file: the tiers, and how their chunks are divided. */

export const RAW = 0;
export const MINUTE = 1;
export const HOUR = 2;
export type Tier = typeof RAW | typeof MINUTE | typeof HOUR;

export const TIERS: readonly Tier[] = [RAW, MINUTE, HOUR];

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** How long a period one row of a tier covers; 0 for samples as they came. */
export const TIER_STEP_MS: Readonly<Record<Tier, number>> = {
  [RAW]: 0,
  [MINUTE]: MINUTE_MS,
  [HOUR]: HOUR_MS,
};

/** A chunk never crosses a multiple of this, so a time range involves few chunks and merging stays local. */
export const WINDOW_MS: Readonly<Record<Tier, number>> = {
  [RAW]: 4 * HOUR_MS,
  [MINUTE]: 12 * HOUR_MS,
  [HOUR]: 32 * DAY_MS,
};

/** The most rows times columns in one chunk; bounds memory and the time of one step of work. */
export const MAX_CHUNK_CELLS = 256 * 1_024;

/** How far back to look for a counter's previous reading, through at most a few chunks. */
export const LOOKBACK_MS = 24 * HOUR_MS;

export function floorTo(time: number, step: number): number {
  return Math.floor(time / step) * step;
}
