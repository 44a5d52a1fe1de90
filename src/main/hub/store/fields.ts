import type { MetricKind } from '@shared/model';

/** What a column of a block is: a series and a field of it. Samples themselves are field 0. */
export const FIELD = {
  value: 0,
  min: 1,
  max: 2,
  sum: 3,
  count: 4,
  /** What a counter counted, restarts taken into account, and over how many ms. */
  increase: 5,
  coveredMs: 6,
  /** Rates per second between neighbouring readings. */
  minRate: 7,
  maxRate: 8,
  first: 9,
  last: 10,
} as const;

const FIELDS_PER_SERIES = 16;

export const GAUGE_FIELDS = [FIELD.min, FIELD.max, FIELD.sum, FIELD.count] as const;
export const COUNTER_FIELDS = [
  FIELD.increase,
  FIELD.coveredMs,
  FIELD.minRate,
  FIELD.maxRate,
  FIELD.first,
  FIELD.last,
] as const;

export function columnId(series: number, field: number): number {
  return series * FIELDS_PER_SERIES + field;
}

export function seriesOf(column: number): number {
  return Math.floor(column / FIELDS_PER_SERIES);
}

export function rollupFields(kind: MetricKind): readonly number[] {
  return kind === 'counter' ? COUNTER_FIELDS : GAUGE_FIELDS;
}
