import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeriesBuffer } from '../hub/series-buffer';
import { NO_STATISTICS, quantile, sortRows, statisticsOf, totalUnit } from './statistics';

function samples(values: readonly number[]): SeriesBuffer {
  const buffer = new SeriesBuffer({ windowMs: 1e9 });
  for (const [i, value] of values.entries()) buffer.push(i, value);
  return buffer;
}

describe('statistics', () => {
  it('are of what is shown', () => {
    const columns = samples([100, 1, 2, 3, 4, 100]);
    expect(statisticsOf(columns, 1, 4)).toEqual({
      min: 1,
      avg: 2.5,
      p95: 3.8499999999999996,
      max: 4,
      last: 4,
      // One ms each.
      total: 0.01,
    });
    expect(statisticsOf(columns, 10, 20)).toEqual(NO_STATISTICS);
    expect(statisticsOf(null, 0, 1)).toEqual(NO_STATISTICS);
  });

  it('add up rates over the time that they stand for, but not over a gap', () => {
    const rates = new SeriesBuffer({ windowMs: 1e9 });
    for (let i = 1; i <= 10; i++) rates.push(i * 1_000, 100);
    for (let i = 61; i <= 70; i++) rates.push(i * 1_000, 100);
    expect(statisticsOf(rates, 0, 100_000).total).toBe(2_000);
    expect(statisticsOf(rates, 0, 5_000).total).toBe(500);
    expect(totalUnit('By', 'counter')).toBe('By');
    expect(totalUnit('By/s', 'gauge')).toBe('By');
    expect(totalUnit('Cel', 'gauge')).toBeNull();
  });

  it('leave out what is no number', () => {
    expect(statisticsOf(samples([1, NaN, 3, NaN]), 0, 10)).toMatchObject({ min: 1, avg: 2, max: 3, last: 3 });
  });

  it('take the extremes of columns from every sample in them', () => {
    const columns = samples([5, 6]);
    const summed = Object.assign(Object.create(columns) as SeriesBuffer, {
      min: new Float64Array([1, 2]),
      max: new Float64Array([8, 9]),
      lowerBound: (time: number) => columns.lowerBound(time),
      intervalMs: () => columns.intervalMs(),
      isGapBefore: (i: number) => columns.isGapBefore(i),
    });
    expect(statisticsOf(summed, 0, 10)).toMatchObject({ min: 1, avg: 5.5, max: 9 });
  });

  it('are in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 50 }), (values) => {
        const { min, avg, p95, max } = statisticsOf(samples(values), 0, 100);
        expect(min ?? NaN).toBeLessThanOrEqual((avg ?? NaN) + 1e-6);
        expect(avg ?? NaN).toBeLessThanOrEqual((max ?? NaN) + 1e-6);
        expect(p95 ?? NaN).toBeLessThanOrEqual(max ?? NaN);
        expect(p95 ?? NaN).toBeGreaterThanOrEqual(min ?? NaN);
      }),
    );
  });

  it('know quantiles between values', () => {
    expect(quantile([1, 2, 3, 4], 4, 0.5)).toBe(2.5);
    expect(quantile([7], 1, 0.95)).toBe(7);
    expect(quantile([], 0, 0.95)).toBeNaN();
  });
});

describe('rows', () => {
  const row = (name: string, avg: number | null) => ({ name, statistics: { ...NO_STATISTICS, avg } });
  const rows = [row('rack-10', 5), row('rack-2', null), row('attic', 9)];
  const names = (column: 'order' | 'name' | 'avg', descending: boolean) =>
    sortRows(rows, { column, descending }).map(({ name }) => name);

  it('are sorted by numbers, those without one last either way', () => {
    expect(names('avg', false)).toEqual(['rack-10', 'attic', 'rack-2']);
    expect(names('avg', true)).toEqual(['attic', 'rack-10', 'rack-2']);
  });

  it('are sorted by name as people count, or stay as they were picked', () => {
    expect(names('name', false)).toEqual(['attic', 'rack-2', 'rack-10']);
    expect(names('order', false)).toEqual(['rack-10', 'rack-2', 'attic']);
  });
});
