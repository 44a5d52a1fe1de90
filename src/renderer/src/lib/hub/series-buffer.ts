/** A pause shorter than this is never a gap, ms. */
const MIN_GAP_MS = 2_500;
/** Neighbouring intervals that a pause is compared with, on each side. */
const NEIGHBOURS = 5;
/** An added sample affects gaps up to this many samples before it, and the line from there on. */
const APPEND_REACH = NEIGHBOURS + 2;
const FIRST_CAPACITY = 64;

export interface SeriesBufferOptions {
  /** Samples older than the newest by more than this are dropped, ms. */
  windowMs: number;
  /** The most samples kept; the oldest are dropped first. */
  maxPoints?: number;
}

/**
 * The live samples of one series in two typed arrays, sorted by time. Samples lie contiguously at `start <= i <
 * end` of `t` (ms since the epoch) and `v`, so that drawing loops read them without any call. The arrays are
 * replaced when they grow, so read them again for each picture. Never put a buffer in `$state`.
 */
export class SeriesBuffer {
  t = new Float64Array(FIRST_CAPACITY);
  v = new Float64Array(FIRST_CAPACITY);
  start = 0;
  end = 0;
  /** Increases with every change, for caches. */
  version = 0;
  /** The last `version` at which anything but an append happened; each append since has raised it by one. */
  #rewrittenAt = 0;
  #windowMs: number;
  readonly #maxPoints: number;

  constructor({ windowMs, maxPoints = 16_384 }: SeriesBufferOptions) {
    this.#windowMs = windowMs;
    this.#maxPoints = Math.max(2, maxPoints);
  }

  get length(): number {
    return this.end - this.start;
  }

  /** NaN while empty. */
  get lastTime(): number {
    return this.length > 0 ? (this.t[this.end - 1] ?? NaN) : NaN;
  }

  /** NaN while empty. */
  get lastValue(): number {
    return this.length > 0 ? (this.v[this.end - 1] ?? NaN) : NaN;
  }

  get windowMs(): number {
    return this.#windowMs;
  }

  set windowMs(windowMs: number) {
    this.#windowMs = windowMs;
    this.#forgetOld();
  }

  clear(): void {
    this.start = this.end = 0;
    this.#rewrittenAt = ++this.version;
  }

  /**
   * Adds one sample: late ones are inserted in order, and one with an existing time replaces it. Values that
   * are not finite mean "nothing was sent" and are skipped.
   */
  push(time: number, value: number): void {
    if (!Number.isFinite(value) || !Number.isFinite(time)) return;
    const newest = this.lastTime;
    if (this.length > 0 && time <= newest) {
      if (time < newest - this.#windowMs) return;
      const at = this.lowerBound(time);
      if (this.t[at] !== time) this.#insert(at, time, value);
      else if (this.v[at] === value) return;
      else this.v[at] = value;
      this.#rewrittenAt = ++this.version;
    } else {
      this.#makeRoom();
      this.t[this.end] = time;
      this.v[this.end] = value;
      this.end++;
      this.#forgetOld();
      this.version++;
    }
  }

  /** Adds a column of samples; `values` may hold several columns, of which this one starts at `offset`. */
  pushColumn(times: Float64Array, values: Float64Array, offset: number): void {
    for (let row = 0; row < times.length; row++) {
      this.push(times[row] ?? NaN, values[offset + row] ?? NaN);
    }
  }

  /** Returns the index of the first sample at or after `time`; `end` if there is none. */
  lowerBound(time: number): number {
    let low = this.start;
    let high = this.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.t[middle] ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Returns the index of the sample closest to `time`, or -1 if none lies within `toleranceMs`. */
  nearest(time: number, toleranceMs: number): number {
    if (this.length === 0) return -1;
    let at = this.lowerBound(time);
    if (at === this.end) at--;
    else if (at > this.start && time - (this.t[at - 1] ?? NaN) <= (this.t[at] ?? NaN) - time) at--;
    return Math.abs((this.t[at] ?? NaN) - time) <= toleranceMs ? at : -1;
  }

  /**
   * Whether the device was silent between sample `i - 1` and sample `i`. The pause is compared with the
   * intervals before and after it, because the sampling interval may change while a series is watched.
   */
  isGapBefore(i: number): boolean {
    if (i <= this.start || i >= this.end) return false;
    const pause = (this.t[i] ?? 0) - (this.t[i - 1] ?? 0);
    if (pause <= MIN_GAP_MS) return false;
    const usual = Math.max(this.#median(i - NEIGHBOURS, i - 1), this.#median(i + 1, i + NEIGHBOURS));
    return usual > 0 && pause > 3 * usual;
  }

  /** See {@link SampleColumns.changedSince}. */
  changedSince(version: number): number {
    if (version === this.version) return Infinity;
    if (version < this.#rewrittenAt) return -Infinity;
    const first = this.end - (this.version - version) - APPEND_REACH;
    return first < this.start ? -Infinity : (this.t[first] as number);
  }

  /** Returns the usual interval between recent samples, ms; 0 with fewer than two samples. */
  intervalMs(): number {
    return this.#median(this.end - 2 * NEIGHBOURS, this.end - 1);
  }

  /** Returns the median of the intervals that end at samples `from..to`; 0 if there are none. */
  #median(from: number, to: number): number {
    const intervals: number[] = [];
    for (let i = Math.max(from, this.start + 1); i <= Math.min(to, this.end - 1); i++) {
      intervals.push((this.t[i] ?? 0) - (this.t[i - 1] ?? 0));
    }
    intervals.sort((a, b) => a - b);
    return intervals[intervals.length >> 1] ?? 0;
  }

  #insert(at: number, time: number, value: number): void {
    const place = at - this.start;
    this.#makeRoom();
    // Making room may have dropped the oldest sample, even the one before which this sample belongs.
    const index = Math.max(this.start, Math.min(this.start + place, this.lowerBound(time)));
    this.t.copyWithin(index + 1, index, this.end);
    this.v.copyWithin(index + 1, index, this.end);
    this.t[index] = time;
    this.v[index] = value;
    this.end++;
  }

  #forgetOld(): void {
    const oldest = this.lastTime - this.#windowMs;
    while (this.start < this.end - 1 && (this.t[this.start] ?? 0) < oldest) this.start++;
  }

  /** Leaves at least one free place at the end: drops, slides or grows, in this order of preference. */
  #makeRoom(): void {
    if (this.length >= this.#maxPoints) this.start++;
    if (this.end < this.t.length) return;
    if (this.start >= this.t.length >> 1) {
      this.t.copyWithin(0, this.start, this.end);
      this.v.copyWithin(0, this.start, this.end);
    } else {
      const capacity = this.t.length * 2;
      const t = new Float64Array(capacity);
      const v = new Float64Array(capacity);
      t.set(this.t.subarray(this.start, this.end));
      v.set(this.v.subarray(this.start, this.end));
      this.t = t;
      this.v = v;
    }
    this.end -= this.start;
    this.start = 0;
  }
}
