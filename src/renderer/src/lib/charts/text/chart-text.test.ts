import { describe, expect, it } from 'vitest';
import type { ChartSeries } from '@shared/metrics/chart-spec';
import { SeriesBuffer } from '../../hub/series-buffer';
import { describeChart, summarise, tableOf } from './chart-text';

const series: ChartSeries = { id: 1, label: 'user', metric: 'cpu', labels: {}, unit: '1', kind: 'gauge' };

function bufferOf(...values: number[]): SeriesBuffer {
  const buffer = new SeriesBuffer({ windowMs: 1e12, maxPoints: 1e6 });
  for (const [i, value] of values.entries()) buffer.push(i * 1_000, value);
  return buffer;
}

describe('a chart as text', () => {
  it('says where each series is and between what it was', () => {
    const buffer = bufferOf(0.1, 0.3, 0.2);
    const text = describeChart({ span: { from: 0, to: 3_000 }, series: [series], columns: () => buffer });
    expect(text).toMatch(/user: 20\.0.% *, from 10\.0.% to 30\.0.%, mean 20\.0.%\./);
  });

  it('says where there is nothing', () => {
    expect(describeChart({ span: { from: 0, to: 1 }, series: [series], columns: () => null })).toContain(
      'user: no data.',
    );
    expect(summarise(bufferOf(1, 2), { from: 5_000, to: 6_000 })).toMatchObject({ last: null, samples: 0 });
  });

  it('is a table of every sample, the newest first', () => {
    const rows = tableOf({
      span: { from: 0, to: 3_000 },
      series: [series],
      columns: () => bufferOf(1, 2, 3),
    });
    expect(rows).toEqual([
      { time: 2_000, values: [3] },
      { time: 1_000, values: [2] },
      { time: 0, values: [1] },
    ]);
  });

  it('is a table that can be read even where there are many', () => {
    const buffer = bufferOf(...Array.from({ length: 5_000 }, (_, i) => i));
    const rows = tableOf({ span: { from: 0, to: 5_000_000 }, series: [series], columns: () => buffer });
    expect(rows).toHaveLength(240);
    expect(rows[0]?.values[0]).toBeGreaterThan(4_900);
  });
});
