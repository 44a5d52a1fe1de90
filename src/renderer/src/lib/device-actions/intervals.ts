import { formatDuration } from '@shared/metrics/units';

/** The sampling intervals that menus and settings offer, ms. */
export const OFFERED_INTERVALS: readonly number[] = [
  250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000,
];

/** Returns the options for a select; includes the current value even if it is not offered. */
export function intervalOptions(inForce: number): { value: string; label: string }[] {
  const values = new Set([...OFFERED_INTERVALS, inForce]);
  return [...values]
    .sort((a, b) => a - b)
    .map((value) => ({ value: String(value), label: formatDuration(value) }));
}
