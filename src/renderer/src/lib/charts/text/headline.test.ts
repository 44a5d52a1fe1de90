import { describe, expect, it } from 'vitest';
import type { ChartSeries, ChartSpec } from '@shared/metrics/chart-spec';
import { headlineOf } from './headline';

function headline(
  style: ChartSpec['style'],
  values: Record<string, number | null>,
  hidden: readonly string[] = [],
  metric = 'm',
) {
  const labels = Object.keys(values);
  const series = labels.map((label, id): ChartSeries => ({
    id,
    label,
    metric,
    labels: {},
    unit: '1',
    kind: 'gauge',
  }));
  const off = new Set(hidden.map((label) => labels.indexOf(label)));
  return headlineOf({ style, series }, off, (id) => values[labels[id] ?? ''] ?? null);
}

describe('the headline of a chart', () => {
  it('is the only line, which needs no name', () => {
    expect(headline('line', { temp: 21 })).toEqual({ value: 21, words: '' });
  });

  it('is the worst of several lines, and says which', () => {
    expect(headline('line', { sda: 36, sdb: 70.9, sdc: null })).toEqual({ value: 70.9, words: 'sdb' });
    expect(headline('line', { sda: 36, sdb: 70.9 }, ['sdb'])).toEqual({ value: 36, words: 'sda' });
    expect(headline('line', { a: 0.9, b: 0.2 }, [], 'hw.battery.charge')).toEqual({ value: 0.2, words: 'b' });
  });

  it('is the total where the lines add up', () => {
    expect(headline('stack', { user: 0.2, system: 0.1, nice: null }).value).toBeCloseTo(0.3);
    expect(headline('line', { receive: 100, transmit: 20 })).toEqual({ value: 120, words: 'total' });
  });

  it('is the line that stands for all, where there is one', () => {
    expect(headline('line', { all: 0.2, 'core 0': 0.9 })).toEqual({ value: 0.2, words: 'all' });
    expect(headline('stack', { used: 5, cached: 3 })).toEqual({ value: 5, words: 'used' });
  });

  it('is nothing where nothing is known or shown', () => {
    expect(headline('line', { a: null, b: null })).toEqual({ value: null, words: '' });
    expect(headline('line', { a: 1, b: 2 }, ['a', 'b'])).toEqual({ value: null, words: '' });
  });
});
