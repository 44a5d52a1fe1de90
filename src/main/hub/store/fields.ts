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

const RATE_FIELDS = [FIELD.increase, FIELD.coveredMs, FIELD.minRate, FIELD.maxRate] as const;
/** Those of a gauge, and what is left of readings from a time in which the same series was called a counter. */
const VALUE_FIELDS = [FIELD.min, FIELD.max, FIELD.sum, FIELD.count, FIELD.first, FIELD.last] as const;

export function columnId(series: number, field: number): number {
  return series * FIELDS_PER_SERIES + field;
}

export function seriesOf(column: number): number {
  return Math.floor(column / FIELDS_PER_SERIES);
}

/** What of a roll-up tells the values of a series, or the rates of a counter. */
export function rollupFields(kind: MetricKind, raw: boolean): readonly number[] {
  return kind === 'counter' && !raw ? RATE_FIELDS : VALUE_FIELDS;
}
