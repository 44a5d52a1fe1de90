import { isRecord } from '@shared/protocol/parse';

/**
 * Counts between bounds: `counts[i]` is above `bounds[i - 1]` and up to `bounds[i]`; the last count has no upper bound.
 */
export interface Buckets {
  bounds: readonly number[];
  counts: readonly number[];
}

const QUANTILES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const;
const MAX_BUCKETS = 10_000;

/**
 * Estimates quantiles by linear interpolation within a bucket, as Prometheus' `histogram_quantile` does; in the last
 * bucket, the result is its lower bound. Empty without bounds; null if nothing was counted.
 */
export function bucketQuantiles({ bounds, counts }: Buckets): [name: string, value: number | null][] {
  if (bounds.length === 0 || counts.length !== bounds.length + 1) return [];
  const total = counts.reduce((sum, count) => sum + count, 0);
  return QUANTILES.map(([name, quantile]) => [
    name,
    total > 0 ? valueAt(bounds, counts, total * quantile) : null,
  ]);
}

function valueAt(bounds: readonly number[], counts: readonly number[], rank: number): number | null {
  let below = 0;
  for (const [i, count] of counts.entries()) {
    if (below + count < rank || count === 0) {
      below += count;
      continue;
    }
    const upper = bounds[i];
    if (upper === undefined) return bounds.at(-1) ?? null;
    const lower = i > 0 ? (bounds[i - 1] ?? 0) : Math.min(0, upper);
    return lower + ((upper - lower) * (rank - below)) / count;
  }
  return bounds.at(-1) ?? null;
}

/** Converts an exponential histogram to buckets: bucket `i` of scale `s` goes from `2^(i/2^s)` to `2^((i+1)/2^s)`. */
export function exponentialBuckets(point: Readonly<Record<string, unknown>>): Buckets {
  const base = 2 ** (2 ** -(Number(point['scale']) || 0));
  const positive = countsOf(point['positive']);
  const negative = countsOf(point['negative']);
  const bounds: number[] = [];
  const counts: number[] = [];
  const put = (count: number, upper: number): void => {
    counts.push(count);
    bounds.push(upper);
  };
  const first = negative.offset + negative.counts.length;
  if (negative.counts.length > 0) put(0, -(base ** first));
  for (let i = negative.counts.length - 1; i >= 0; i--) {
    put(negative.counts[i] ?? 0, -(base ** (negative.offset + i)));
  }
  put(Number(point['zeroCount'] ?? 0) || 0, 0);
  if (positive.counts.length > 0) put(0, base ** positive.offset);
  for (const [i, count] of positive.counts.entries()) put(count, base ** (positive.offset + i + 1));
  counts.push(0);
  return bounds.every(Number.isFinite) ? { bounds, counts } : { bounds: [], counts: [] };
}

function countsOf(buckets: unknown): { offset: number; counts: number[] } {
  const list = isRecord(buckets) ? buckets['bucketCounts'] : null;
  if (!isRecord(buckets) || !Array.isArray(list) || list.length > MAX_BUCKETS)
    return { offset: 0, counts: [] };
  return { offset: Number(buckets['offset'] ?? 0) || 0, counts: list.map((count) => Number(count) || 0) };
}
