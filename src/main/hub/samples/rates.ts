/**
 * A counter's rate per second between two readings. A reading below the previous one means that the counter restarted
 * from zero (OpenTelemetry metrics data model, "Resets and gaps"): its value is what it has counted since.
 */
export function counterRate(fromTime: number, fromValue: number, time: number, value: number): number {
  const elapsedMs = time - fromTime;
  if (!(elapsedMs > 0)) return Number.NaN;
  return ((value >= fromValue ? value - fromValue : value) * 1_000) / elapsedMs;
}

/** Turns a counter's readings, in time order, into rates in place; the first has no rate and becomes NaN. */
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
