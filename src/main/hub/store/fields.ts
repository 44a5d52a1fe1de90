import type { MetricKind } from '@shared/model';

/** A column of a block holds one field of a series. Samples themselves are field 0. */
export const FIELD = {
  value: 0,
  min: 1,
  max: 2,
  sum: 3,
  count: 4,
  /** What a counter counted, including across restarts, and over how many ms. */
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
/** The fields of a gauge, and what remains of readings from a time when the same series was a counter. */
const VALUE_FIELDS = [FIELD.min, FIELD.max, FIELD.sum, FIELD.count, FIELD.first, FIELD.last] as const;

export function columnId(series: number, field: number): number {
  return series * FIELDS_PER_SERIES + field;
}

export function seriesOf(column: number): number {
  return Math.floor(column / FIELDS_PER_SERIES);
}

/** The fields of a roll-up that hold the values of a series, or the rates of a counter. */
export function rollupFields(kind: MetricKind, raw: boolean): readonly number[] {
  return kind === 'counter' && !raw ? RATE_FIELDS : VALUE_FIELDS;
}
