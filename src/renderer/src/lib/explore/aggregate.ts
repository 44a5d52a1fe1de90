import type { Aggregate } from '@shared/explore/explore-view';
import type { SampleColumns } from '../hub/sample-source';
import { quantile } from './statistics';

/** A device's last value counts for this many of its intervals; a shorter pause is not yet a gap. */
const CARRY_INTERVALS = 2.5;

/**
 * Equal stretches of time, counted from the epoch, so that the grid is the same for every series and at every moment.
 */
export interface Grid {
  bucketMs: number;
  /** The numbers of the first bucket and of the bucket after the last. */
  first: number;
  end: number;
}

export function gridFor(bucketMs: number, from: number, to: number): Grid {
  return { bucketMs, first: Math.floor(from / bucketMs), end: Math.ceil(to / bucketMs) };
}

/** How the samples of one bucket are combined. */
export type BucketValue = 'mean' | 'lowest' | 'highest';

/**
 * Writes one value per bucket to `into`: the mean, lowest or highest of its samples. Between samples further apart it
 * interpolates linearly. Gaps are NaN, so that data a device did not send is never counted.
 */
export function align(
  columns: SampleColumns,
  { bucketMs, first, end }: Grid,
  into: Float64Array,
  of: BucketValue = 'mean',
): void {
  into.fill(NaN);
  const { t } = columns;
  const v = (of === 'highest' ? columns.max : of === 'lowest' ? columns.min : undefined) ?? columns.v;
  const begin = Math.max(columns.start, columns.lowerBound(first * bucketMs) - 1);
  let bucket = -Infinity;
  let sum = 0;
  let count = 0;
  let lastTime = NaN;
  let lastValue = NaN;
  const put = (at: number, value: number) => {
    if (at >= first && at < end) into[at - first] = value;
  };
  for (let i = begin; i < columns.end; i++) {
    const value = v[i] as number;
    const time = t[i] as number;
    if (Number.isNaN(value)) continue;
    const at = Math.floor(time / bucketMs);
    if (at >= end && bucket >= end - 1) break;
    if (at !== bucket) {
      const joins = count > 0 && !columns.isGapBefore(i);
      for (let k = Math.max(bucket + 1, first); joins && k < Math.min(at, end); k++) {
        const share = ((k + 0.5) * bucketMs - lastTime) / (time - lastTime);
        put(k, lastValue + (value - lastValue) * Math.min(1, Math.max(0, share)));
      }
      bucket = at;
      sum = count = 0;
    }
    const isFirst = count === 0;
    count++;
    if (of === 'mean' || isFirst) sum += value;
    else sum = of === 'highest' ? Math.max(sum, value) : Math.min(sum, value);
    put(at, of === 'mean' ? sum / count : sum);
    lastTime = time;
    lastValue = value;
  }
  const reach = lastTime + CARRY_INTERVALS * columns.intervalMs();
  for (let k = Math.max(bucket + 1, first); k < end && k * bucketMs <= reach; k++) put(k, lastValue);
}

/** The highest of all devices is computed from their highest values, not from their means; likewise the lowest. */
const BUCKET_VALUES: Readonly<Record<Aggregate, BucketValue>> = {
  sum: 'mean',
  avg: 'mean',
  p95: 'mean',
  min: 'lowest',
  max: 'highest',
};

/** Combines the existing values; NaN if there are none. Sorts `values` in place for a percentile. */
function reduce(values: Float64Array, length: number, how: Aggregate): number {
  if (length === 0) return NaN;
  if (how === 'p95') return quantile(values.subarray(0, length).sort(), length, 0.95);
  let result = how === 'min' ? Infinity : how === 'max' ? -Infinity : 0;
  for (let i = 0; i < length; i++) {
    const value = values[i] as number;
    if (how === 'min') result = Math.min(result, value);
    else if (how === 'max') result = Math.max(result, value);
    else result += value;
  }
  return how === 'avg' ? result / length : result;
}

/** One line computed from several series, with a value for each bucket in which at least one series has one. */
export class AggregateColumns implements SampleColumns {
  /** The middle of each bucket. */
  t = new Float64Array(0);
  v = new Float64Array(0);
  readonly start = 0;
  end = 0;
  version = 0;
  #bucketMs = 1;
  #aligned = new Float64Array(0);
  #column = new Float64Array(0);
  #madeOf: unknown[] = [];

  /** Recomputes the line if any of its inputs have changed. */
  update(members: readonly SampleColumns[], how: Aggregate, grid: Grid): void {
    const madeOf = [
      how,
      grid.bucketMs,
      grid.first,
      grid.end,
      ...members.flatMap((one) => [one, one.version]),
    ];
    if (madeOf.length === this.#madeOf.length && madeOf.every((one, i) => one === this.#madeOf[i])) return;
    this.#madeOf = madeOf;
    const { bucketMs, first } = grid;
    const buckets = Math.max(0, grid.end - first);
    if (this.#aligned.length < buckets * members.length) {
      this.#aligned = new Float64Array(buckets * members.length * 2);
    }
    if (this.#column.length < members.length) this.#column = new Float64Array(members.length);
    if (this.t.length < buckets) {
      this.t = new Float64Array(buckets * 2);
      this.v = new Float64Array(buckets * 2);
    }
    for (const [k, member] of members.entries()) {
      const into = this.#aligned.subarray(k * buckets, (k + 1) * buckets);
      align(member, grid, into, BUCKET_VALUES[how]);
    }
    this.#bucketMs = bucketMs;
    this.end = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      let length = 0;
      for (let k = 0; k < members.length; k++) {
        const value = this.#aligned[k * buckets + bucket] as number;
        if (!Number.isNaN(value)) this.#column[length++] = value;
      }
      if (length === 0) continue;
      this.t[this.end] = (first + bucket + 0.5) * bucketMs;
      this.v[this.end] = reduce(this.#column, length, how);
      this.end++;
    }
    this.version++;
  }

  lowerBound(time: number): number {
    let low = 0;
    let high = this.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.t[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Whether the line breaks between `i - 1` and `i`. Any bucket without a value is a gap, because series that report
   * rarely have already been interpolated.
   */
  isGapBefore(i: number): boolean {
    return i > 0 && i < this.end && (this.t[i] as number) - (this.t[i - 1] as number) > this.#bucketMs * 1.5;
  }

  intervalMs(): number {
    return this.#bucketMs;
  }
}

/** Bucket lengths that divide a minute or are whole minutes; a live range has at most 300 buckets. */
const LIVE_STEPS = [1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000];

/** Returns the bucket length of a live aggregate, ms: at least the interval of the slowest series. */
export function liveBucketMs(rangeMs: number, members: readonly SampleColumns[]): number {
  let slowest = 0;
  for (const member of members) slowest = Math.max(slowest, member.intervalMs());
  const least = Math.max(rangeMs / 300, Math.min(slowest, rangeMs / 30));
  return LIVE_STEPS.find((step) => step >= least * 0.95) ?? 300_000;
}
