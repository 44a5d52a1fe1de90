import type { MetricKind } from '@shared/model';
import type { CommitBatch, Retention, StoredSeries } from '../store-contract';

export const RETENTION: Retention = { rawDays: 7, minuteDays: 90, hourDays: 1_825, budgetBytes: 5e9 };

export function seriesOf(
  device: string,
  id: number,
  kind: MetricKind = 'gauge',
  key = `m${id}`,
): StoredSeries {
  const unit = { unit: '', isUnitGuessed: true };
  return { id, device, key, metric: key, labels: {}, ...unit, kind, title: null, min: null, max: null };
}

export function batch(patch: Partial<CommitBatch>): CommitBatch {
  return { series: [], rows: [], marks: [], events: [], ...patch };
}

/** Rows of one device: each `[time, value, …]`, null for none. */
export function rows(
  device: string,
  ids: number[],
  values: (number | null)[][],
): CommitBatch['rows'][number] {
  return {
    device,
    series: Int32Array.from(ids),
    t: Float64Array.from(values, ([time]) => time ?? Number.NaN),
    v: Float64Array.from(values.flatMap(([, ...cells]) => cells.map((cell) => cell ?? Number.NaN))),
  };
}
