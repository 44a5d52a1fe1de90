import type { MetricKind } from '@shared/model';
import type { SampleColumns } from '../hub/sample-source';

/** The statistics of a line; null if it has no values. */
export interface Statistics {
  min: number | null;
  avg: number | null;
  p95: number | null;
  max: number | null;
  last: number | null;
  /** The values times the time that each stands for, in units times seconds: bytes from bytes per second. */
  total: number | null;
}

export const NO_STATISTICS: Statistics = {
  min: null,
  avg: null,
  p95: null,
  max: null,
  last: null,
  total: null,
};

/** `order` is the order in which series were picked. */
export const SORT_COLUMNS = ['order', 'name', 'min', 'avg', 'p95', 'max', 'last', 'total'] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];

export interface Sort {
  column: SortColumn;
  descending: boolean;
}

export const DEFAULT_SORT: Sort = { column: 'order', descending: false };

export function isSortColumn(text: string): text is SortColumn {
  return (SORT_COLUMNS as readonly string[]).includes(text);
}

/**
 * Returns the `share`-quantile of the first `length` values of `sorted`, interpolated between the two values around it
 * (type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996); NaN if there are none.
 */
export function quantile(sorted: ArrayLike<number>, length: number, share: number): number {
  if (length === 0) return NaN;
  const place = (length - 1) * share;
  const low = Math.floor(place);
  const below = sorted[low] as number;
  const above = sorted[Math.min(low + 1, length - 1)] as number;
  return below + (above - below) * (place - low);
}

let scratch = new Float64Array(1_024);

/**
 * Computes the statistics of the samples in `[from, to]`. For summarised samples, the average and the percentile use
 * their means; the extremes use every sample.
 */
export function statisticsOf(columns: SampleColumns | null, from: number, to: number): Statistics {
  if (!columns) return NO_STATISTICS;
  const { v, min = v, max = v } = columns;
  const first = columns.lowerBound(from);
  let end = columns.lowerBound(to);
  if (end < columns.end && columns.t[end] === to) end++;
  if (scratch.length < end - first) scratch = new Float64Array((end - first) * 2);
  let count = 0;
  let sum = 0;
  let low = Infinity;
  let high = -Infinity;
  let total = 0;
  const usualMs = columns.intervalMs();
  for (let i = first; i < end; i++) {
    const value = v[i] as number;
    if (Number.isNaN(value)) continue;
    scratch[count++] = value;
    sum += value;
    total += value * standsForMs(columns, i, usualMs);
    if ((min[i] as number) < low) low = min[i] as number;
    if ((max[i] as number) > high) high = max[i] as number;
  }
  if (count === 0) return NO_STATISTICS;
  const last = scratch[count - 1] as number;
  const sorted = scratch.subarray(0, count).sort();
  return {
    min: low,
    avg: sum / count,
    p95: quantile(sorted, count, 0.95),
    max: high,
    last,
    total: total / 1_000,
  };
}

/**
 * Returns the time that a sample stands for, ms: that since the one before, as a counter's rate is that of the time
 * before its reading. After a gap nothing is known of the time before, so it is one usual interval.
 */
function standsForMs(columns: SampleColumns, i: number, usualMs: number): number {
  if (i <= columns.start || columns.isGapBefore(i)) return usualMs;
  return (columns.t[i] as number) - (columns.t[i - 1] as number);
}

/** The unit of a total; null if a total of such values means nothing. */
export function totalUnit(unit: string, kind: MetricKind): string | null {
  if (kind === 'counter') return unit;
  return unit.endsWith('/s') ? unit.slice(0, -2) : null;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Sorts rows by a column; rows without a value come last in either direction, equal rows keep their order. */
export function sortRows<T extends { name: string; statistics: Statistics }>(
  rows: readonly T[],
  { column, descending }: Sort,
): T[] {
  if (column === 'order') return descending ? rows.toReversed() : [...rows];
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    if (column === 'name') return sign * collator.compare(a.name, b.name);
    const left = a.statistics[column];
    const right = b.statistics[column];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}
