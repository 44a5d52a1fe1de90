import { formatClock } from '../../lib/charts/axes/time-ticks';

/** Formats local time to the millisecond: `10:42:31.004`. */
export function formatClockMs(at: number): string {
  const ms = Math.floor(at) % 1_000;
  return `${formatClock(at)}.${String(ms).padStart(3, '0')}`;
}
