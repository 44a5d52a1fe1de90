import { scaleFor, type AxisScale } from '@shared/metrics/units';
import type { MetricKind } from '@shared/model';

/** A range of values with round numbers at its edges and grid lines. */
export interface NiceRange {
  low: number;
  high: number;
  /** The distance between two grid lines. */
  step: number;
  scale: AxisScale;
}

export interface YRangeOptions {
  unit: string;
  kind: MetricKind;
  /** The bounds of possible values, if known. */
  min: number | null;
  max: number | null;
}

/** The largest number of grid lines, without the baseline. */
const MOST_LINES = 4;
/** A range that has become too large is kept this long, ms, so that values that come and go do not move the axis. */
const SHRINK_AFTER_MS = 4_000;
/** A range is too large if the values would fit into this share of it. */
const SHRINK_BELOW = 0.6;
/** The smallest range as a share of its values: floating-point digits do not suffice for less. */
const LEAST_SHARE = 1e-12;
/** The smallest range as a share of values that vary; a smaller one would only show noise. */
const VARYING_SHARE = 0.001;
const STILL_SHARE = 0.04;
/** Tolerance for parts of a whole that were rounded one by one and add up to slightly more. */
const ROUNDING = 0.01;

const DECIMAL_STEPS = [1, 2, 2.5, 5, 10];
const BINARY_STEPS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Returns the smallest nice number that is at least `size`; powers of two where the unit counts in 1024s. */
function niceStep(size: number, binary: boolean): number {
  if (binary && size >= 1) return BINARY_STEPS.find((step) => step >= size) ?? 1024;
  const magnitude = 10 ** Math.floor(Math.log10(size));
  const step = DECIMAL_STEPS.find((candidate) => candidate * magnitude >= size * 0.999) ?? 10;
  return step * magnitude;
}

/** Returns a range for values between `low` and `high`, with some space around them. */
export function niceRange(low: number, high: number, options: YRangeOptions): NiceRange {
  const { unit, kind, min, max } = options;
  let from = low;
  let to = high;
  // Values that fill at least half of a bounded range are shown within the whole of it.
  const room = max === null ? 0 : max - (min ?? 0);
  const whole = max !== null && to >= max - 0.5 * room && to <= max + ROUNDING * room;
  if (whole) to = max;
  if (from >= 0 && (min === 0 || whole || from <= to / 2)) from = 0;
  // Values that vary a little fill the axis (a mains frequency of 50 ± 0.04 Hz); a constant value needs space around
  // it. Numbers close to the smallest possible would make steps of zero.
  const share = high > low ? VARYING_SHARE : STILL_SHARE;
  const usual = to === 0 ? 1 : Math.max(Math.abs(to) * share, 1e-290);
  // For numbers far larger than their units suggest, a small difference is negligible.
  const felt = Math.max(Math.abs(from), Math.abs(to)) * LEAST_SHARE;
  const least = Math.max(felt, unit === '1' ? 0.05 : unit === '%' ? 1 : unit.startsWith('By') ? 1024 : usual);
  if (to - from < least) {
    const missing = least - (to - from);
    to += from === 0 ? missing : missing / 2;
    if (from !== 0) from -= missing / 2;
  }
  if (!whole) {
    const air = (to - from) * 0.06;
    to += air;
    if (from !== 0) from -= air;
  }
  const scale = scaleFor(Math.max(Math.abs(from), Math.abs(to)), unit, kind);
  const binary = scale.suffix.includes('iB');
  const edges = (step: number) => ({
    low: Math.floor(from / step + 1e-9) * step,
    high: Math.ceil(to / step - 1e-9) * step,
  });
  let step = niceStep((to - from) / scale.divisor / MOST_LINES, binary) * scale.divisor;
  let nice = edges(step);
  // Rounding both edges outwards may have added a line at each end.
  if ((nice.high - nice.low) / step > MOST_LINES + 1.5) {
    step = niceStep((step / scale.divisor) * 1.01, binary) * scale.divisor;
    nice = edges(step);
  }
  if (max !== null && high <= max && nice.high > max) nice.high = max;
  if (min !== null && low >= min && nice.low < min) nice.low = min;
  return { ...nice, step, scale };
}

/** A y-range that grows at once and shrinks only when it has been too large for a while. */
export class YRange {
  current: NiceRange;
  #options: YRangeOptions;
  #tooLargeSince: number | null = null;
  #empty = true;

  constructor(options: YRangeOptions) {
    this.#options = options;
    this.current = niceRange(0, 0, options);
  }

  set options(options: YRangeOptions) {
    this.#options = options;
    this.#empty = true;
  }

  /** Forgets the current range, because the next picture may show very different values. */
  reset(): void {
    this.#empty = true;
  }

  /**
   * Takes in the visible values; `now` is in ms of any steady clock. `low` and `high` are not finite if there are none.
   */
  update(low: number, high: number, now: number): void {
    if (!Number.isFinite(low) || !Number.isFinite(high)) return;
    const wanted = niceRange(low, high, this.#options);
    const { current } = this;
    const fits = low >= current.low && high <= current.high;
    if (this.#empty || !fits) {
      this.#tooLargeSince = null;
      // Growing one side must not shrink the other: that would be the jitter this class is here to prevent.
      this.current =
        this.#empty || wanted.high - wanted.low < (current.high - current.low) * SHRINK_BELOW
          ? wanted
          : niceRange(Math.min(low, current.low), Math.max(high, wanted.high * 0.94), this.#options);
      if (this.current.high < high || this.current.low > low) this.current = wanted;
      // Keep the same object if the range is the same.
      if (this.current.low === current.low && this.current.high === current.high) this.current = current;
      this.#empty = false;
      return;
    }
    if (wanted.high - wanted.low > (current.high - current.low) * SHRINK_BELOW) {
      this.#tooLargeSince = null;
      return;
    }
    this.#tooLargeSince ??= now;
    if (now - this.#tooLargeSince < SHRINK_AFTER_MS) return;
    this.#tooLargeSince = null;
    this.current = wanted;
  }
}
