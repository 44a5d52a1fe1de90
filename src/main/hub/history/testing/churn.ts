import type { CommitBatch, Retention, StoredSeries } from '../../store-contract/store-contract';

/** What `churner.ts` writes: rows whose values are known by their number, so that nothing has to be remembered. */

export const DEVICES = ['a', 'b'] as const;
export const SERIES_EACH = 10;
export const ROWS_PER_COMMIT = 600;
export const STEP_MS = 1_000;
/** Small enough that old data is deleted all the time: the rows of about a day and a half. */
export const CHURN_RETENTION: Retention = {
  rawDays: 3_650,
  minuteDays: 3_650,
  hourDays: 3_650,
  budgetBytes: 24 * 1024 * 1024,
};

export function seriesIds(device: number): number[] {
  return Array.from({ length: SERIES_EACH }, (_, i) => device * SERIES_EACH + i + 1);
}

export function churnSeries(): StoredSeries[] {
  return DEVICES.flatMap((device, d) =>
    seriesIds(d).map((id) => ({
      id,
      device,
      key: `m${id}`,
      metric: `m${id}`,
      labels: {},
      unit: '1',
      isUnitGuessed: false,
      kind: 'gauge' as const,
      title: null,
      min: null,
      max: null,
    })),
  );
}

/** A number in [0, 1) that looks random, so that it does not compress. */
export function valueOf(series: number, row: number): number {
  let x = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(series, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}

/** The batch with this number; its rows are `STEP_MS` apart, from `start` on. */
export function churnBatch(start: number, number: number): CommitBatch {
  const first = number * ROWS_PER_COMMIT;
  const rows = DEVICES.map((device, d) => {
    const series = Int32Array.from(seriesIds(d));
    const t = Float64Array.from({ length: ROWS_PER_COMMIT }, (_, i) => start + (first + i) * STEP_MS);
    const v = new Float64Array(ROWS_PER_COMMIT * SERIES_EACH);
    for (let i = 0; i < ROWS_PER_COMMIT; i++) {
      for (const [s, id] of series.entries()) v[i * SERIES_EACH + s] = valueOf(id, first + i);
    }
    return { device, series, t, v };
  });
  const marks = DEVICES.map((device) => ({ device, stream: 'spool', seq: number }));
  return { series: [], rows, marks, events: [] };
}
