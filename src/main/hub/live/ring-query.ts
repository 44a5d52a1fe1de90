import type { QueryResult, QuerySeries } from '@shared/model';
import type { Series } from '../series/series';
import { readSeries, type SeriesColumns } from './read-series';

export interface QueryRange {
  from: number;
  to: number;
  points?: number | undefined;
  raw?: boolean | undefined;
}

/** Answers a query from the rings, in the shape of all query answers. Ranges are `[from, to)`. */
export function querySeries(series: readonly Series[], range: QueryRange): QueryResult {
  return { series: series.map((one) => answer(one, range)) };
}

function answer(series: Series, { from, to, points, raw }: QueryRange): QuerySeries {
  const { device, metric, labels, unit, kind } = series;
  const columns = readSeries(series, from, to, kind === 'counter' && raw !== true);
  const head = { device, metric, labels, unit, kind };
  if (points === undefined) {
    return { ...head, t: Array.from(columns.t), v: Array.from(columns.v, (value) => orNull(value)) };
  }
  return { ...head, ...bucket(columns, from, to, points) };
}

/** Divides `[from, to)` into `points` equal buckets; `t` is the start of each. */
function bucket(
  { t, v }: SeriesColumns,
  from: number,
  to: number,
  points: number,
): Required<Pick<QuerySeries, 't' | 'min' | 'max' | 'avg'>> {
  const width = (to - from) / points;
  const min = new Float64Array(points).fill(Number.POSITIVE_INFINITY);
  const max = new Float64Array(points).fill(Number.NEGATIVE_INFINITY);
  const sum = new Float64Array(points);
  const count = new Uint32Array(points);
  for (let i = 0; i < t.length; i++) {
    const value = v[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const at = Math.min(points - 1, Math.floor(((t[i] ?? 0) - from) / width));
    if (value < (min[at] ?? 0)) min[at] = value;
    if (value > (max[at] ?? 0)) max[at] = value;
    sum[at] = (sum[at] ?? 0) + value;
    count[at] = (count[at] ?? 0) + 1;
  }
  return {
    t: Array.from({ length: points }, (_, i) => from + i * width),
    min: Array.from(min, (value, i) => (count[i] ? value : null)),
    max: Array.from(max, (value, i) => (count[i] ? value : null)),
    avg: Array.from(sum, (value, i) => (count[i] ? value / (count[i] ?? 1) : null)),
  };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
