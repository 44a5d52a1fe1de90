import * as v from 'valibot';
import { MAX_INTERVAL_MS, MIN_INTERVAL_MS } from '../protocol/limits';

/** Parameters that several areas of the contract take. */

export const nothing = v.object({});
export const deviceId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
export const sessionId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
/** The hub's own id of a series. */
export const seriesId = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Ms since the epoch. */
export const time = v.pipe(v.number(), v.finite());
export const intervalMs = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(MIN_INTERVAL_MS),
  v.maxValue(MAX_INTERVAL_MS),
);

export function upTo(most: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
}
