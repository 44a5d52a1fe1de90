import { describe, expect, it } from 'vitest';
import type { QuerySeries } from '@shared/model';
import { HistoryColumns } from '../hub/history-columns';
import { extentOf, type SceneLine } from './scene';

/** A line through samples a minute apart, but for where `v` is null. */
function lineOf(v: (number | null)[]): SceneLine {
  const columns = new HistoryColumns(1_000);
  const t = v.map((_, i) => i * 60_000);
  const answer = { t, avg: v, min: v, max: v } satisfies Partial<QuerySeries>;
  const names = { device: 'kiln', metric: 'temperature', labels: {}, unit: '', kind: 'gauge' } as const;
  columns.put({ ...names, ...answer }, 0, v.length * 60_000, 0);
  return { id: 1, slot: 1, dashed: false, columns };
}

describe('extentOf', () => {
  it('is the lowest and the highest sample of a stretch of time', () => {
    const line = lineOf([1, 9, 4, 5, 2]);
    expect(extentOf([line], { from: 90_000, to: 210_000 })).toEqual({ low: 4, high: 5 });
  });

  it('is what a line comes to where it only passes through between two samples', () => {
    const { low, high } = extentOf([lineOf([0, 0, 0, 60, 0])], { from: 130_500, to: 140_500 });
    expect(low).toBeCloseTo(10);
    expect(high).toBeCloseTo(20);
  });

  it('is nothing in a gap, before the first sample and after the last', () => {
    const none = { low: Infinity, high: -Infinity };
    const line = lineOf([1, 1, 1, null, null, null, null, null, 1, 1, 1]);
    expect(extentOf([line], { from: 250_000, to: 260_000 })).toEqual(none);
    expect(extentOf([line], { from: -60_000, to: -50_000 })).toEqual(none);
    expect(extentOf([line], { from: 900_000, to: 910_000 })).toEqual(none);
  });
});
