import type { QuerySeries } from '@shared/model';
import type { SampleColumns } from './sample-source';

/** Neighbouring distances that a pause is compared with, on each side. */
const NEIGHBOURS = 5;
/** In dense data, a pause of more than this many columns is a gap; a single empty column may be chance. */
const FULL_GAP = 2.5;
/** Data is sparse if the usual pause is longer than this many columns. */
const SPARSE_FROM = 1.5;
/** In sparse data, a gap is longer than the pauses around it by this factor. */
const SPARSE_GAP = 3;

/** One series' past in columns of equal length: mean, lowest and highest of each. Columns without data are left out. */
export class HistoryColumns implements SampleColumns {
  readonly bucketMs: number;
  /** The middle of each column, ms since the epoch. */
  t = new Float64Array(0);
  v = new Float64Array(0);
  min = new Float64Array(0);
  max = new Float64Array(0);
  readonly start = 0;
  version = 0;
  #gaps = new Uint8Array(0);

  constructor(bucketMs: number) {
    this.bucketMs = bucketMs;
  }

  get end(): number {
    return this.t.length;
  }

  /** Replaces the columns in `[from, to)` with those of an answer, and drops those older than `keepFrom`. */
  put(answer: QuerySeries, from: number, to: number, keepFrom: number): void {
    const half = this.bucketMs / 2;
    const keep = Math.min(this.lowerBound(keepFrom), this.lowerBound(from));
    const before = [keep, this.lowerBound(from)] as const;
    const after = [this.lowerBound(to), this.end] as const;
    const fresh: number[] = [];
    const { avg = [], min = [], max = [], t } = answer;
    for (let i = 0; i < t.length; i++) if (typeof avg[i] === 'number') fresh.push(i);
    const head = before[1] - before[0];
    const length = head + fresh.length + (after[1] - after[0]);
    const join = (own: Float64Array, value: (i: number) => number) => {
      const joined = new Float64Array(length);
      joined.set(own.subarray(...before));
      for (const [k, i] of fresh.entries()) joined[head + k] = value(i);
      joined.set(own.subarray(...after), head + fresh.length);
      return joined;
    };
    const mean = (i: number) => avg[i] ?? NaN;
    const next = {
      t: join(this.t, (i) => (t[i] ?? NaN) + half),
      v: join(this.v, mean),
      min: join(this.min, (i) => min[i] ?? mean(i)),
      max: join(this.max, (i) => max[i] ?? mean(i)),
    };
    Object.assign(this, next);
    this.#findGaps();
    this.version++;
  }

  lowerBound(time: number): number {
    let low = 0;
    let high = this.t.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.t[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  isGapBefore(i: number): boolean {
    return this.#gaps[i] === 1;
  }

  /** Whether there is a sample on both sides of `[from, to]`, so that lines can be drawn to its edges. */
  reaches(from: number, to: number): boolean {
    return this.lowerBound(from) > 0 && this.lowerBound(to) < this.end;
  }

  /** Whether the pauses between samples around a moment are longer than a column, so that gaps are certain. */
  isSparseAt(time: number): boolean {
    const next = Math.min(this.lowerBound(time), this.end - 1);
    return this.#median(next - NEIGHBOURS, next + NEIGHBOURS) > this.bucketMs * SPARSE_FROM;
  }

  intervalMs(): number {
    return Math.max(this.bucketMs, this.#median(this.end - 2 * NEIGHBOURS, this.end - 1));
  }

  #findGaps(): void {
    this.#gaps = new Uint8Array(this.end);
    for (let i = 1; i < this.end; i++) {
      const pause = this.#pause(i);
      if (pause <= this.bucketMs * FULL_GAP) continue;
      const usual = Math.max(this.#median(i - NEIGHBOURS, i - 1), this.#median(i + 1, i + NEIGHBOURS));
      const isFull = usual < this.bucketMs * SPARSE_FROM;
      if (isFull || pause > usual * SPARSE_GAP) this.#gaps[i] = 1;
    }
  }

  #pause(i: number): number {
    return (this.t[i] as number) - (this.t[i - 1] as number);
  }

  /** Returns the median of the pauses that end at columns `from..to`; 0 if there are none. */
  #median(from: number, to: number): number {
    const pauses: number[] = [];
    for (let i = Math.max(from, 1); i <= Math.min(to, this.end - 1); i++) pauses.push(this.#pause(i));
    pauses.sort((a, b) => a - b);
    return pauses[pauses.length >> 1] ?? 0;
  }
}
