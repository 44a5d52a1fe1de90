/** A counter that falls by no more than this share of its value was read unsteadily: it has not restarted. */
const JITTER_SHARE = 0.01;
/** A counter that still has this share of its value has not restarted either; how far it counted is unknown. */
const RESTART_SHARE = 0.5;

/**
 * What a counter counted from one reading to the next. A reading far below the previous one means that the counter
 * restarted from zero (OpenTelemetry metrics data model, "Resets and gaps"): its value is what it has counted since.
 * A reading just below it is jitter, of counters that are summed or read without a lock: 0. Anything between is
 * neither, and NaN: taking the whole value for growth would make a peak of years of counting.
 */
export function counterIncrease(fromValue: number, value: number): number {
  if (value >= fromValue) return value - fromValue;
  if (isJitter(fromValue, value)) return 0;
  return value >= 0 && value < fromValue * RESTART_SHARE ? value : Number.NaN;
}

/** The value from which the next increase counts. After jitter that is the higher one, or it would count twice. */
export function counterBase(fromValue: number, value: number): number {
  return value < fromValue && isJitter(fromValue, value) ? fromValue : value;
}

/** A counter's rate per second between two readings; NaN when it is unknown. See {@link counterIncrease}. */
export function counterRate(fromTime: number, fromValue: number, time: number, value: number): number {
  const elapsedMs = time - fromTime;
  if (!(elapsedMs > 0)) return Number.NaN;
  return (counterIncrease(fromValue, value) * 1_000) / elapsedMs;
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
    fromValue = counterBase(fromValue, value);
  }
}

function isJitter(fromValue: number, value: number): boolean {
  return value >= fromValue * (1 - JITTER_SHARE);
}
