/** A counter that still has this share of its value has not restarted; the fall is jitter. */
const RESTART_SHARE = 0.5;

/**
 * Returns the increase of a counter from one reading to the next. A reading far below the previous one means that the
 * counter restarted from zero (OpenTelemetry metrics data model, "Resets and gaps"): its value is the increase since
 * then. A smaller fall is jitter of counters that are summed or read without a lock, and counts as zero; taking the
 * whole value as growth would turn years of counting into one peak. Depends only on the two readings, so that late rows
 * affect only their neighbours.
 */
export function counterIncrease(fromValue: number, value: number): number {
  if (value >= fromValue) return value - fromValue;
  return value >= fromValue * RESTART_SHARE ? 0 : Math.max(0, value);
}

/**
 * Returns the rate of a counter per second between two readings; NaN if no time passed. See {@link counterIncrease}.
 */
export function counterRate(fromTime: number, fromValue: number, time: number, value: number): number {
  const elapsedMs = time - fromTime;
  if (!(elapsedMs > 0)) return Number.NaN;
  return (counterIncrease(fromValue, value) * 1_000) / elapsedMs;
}

/** Converts a counter's readings, in time order, to rates in place; the first has no rate and becomes NaN. */
export function ratesInPlace(t: ArrayLike<number>, v: Float64Array): void {
  let fromTime = Number.NaN;
  let fromValue = Number.NaN;
  for (let i = 0; i < v.length; i++) {
    const value = v[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const time = t[i] ?? Number.NaN;
    v[i] = Number.isNaN(fromValue) ? Number.NaN : counterRate(fromTime, fromValue, time, value);
    fromTime = time;
    fromValue = value;
  }
}
