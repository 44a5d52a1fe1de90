import { describe, expect, it } from 'vitest';
import type { ChartSeries } from '@shared/metrics/chart-spec';
import { seriesSlots } from './colors';
import { signOf } from './looks';

const series = (id: number, label: string, metric = 'some.metric'): ChartSeries => ({
  id,
  label,
  metric,
  labels: { name: label },
  unit: '',
  kind: 'gauge',
});

const byLabel = (list: ChartSeries[]) => {
  const slots = seriesSlots({ group: 'Other', series: list });
  return Object.fromEntries(list.map(({ id, label }) => [label, slots.get(id)]));
};

describe('the colour of a series', () => {
  const eight = Array.from({ length: 8 }, (_, i) => series(i, `sensor ${i}`));

  it('differs from all others of its chart', () => {
    expect(new Set(Object.values(byLabel(eight))).size).toBe(8);
  });

  it('is told from one that repeats it by a sign', () => {
    const many = Array.from({ length: 20 }, (_, i) => series(i, `sensor ${i}`));
    const looks = Object.values(byLabel(many));
    expect(new Set(looks).size).toBe(20);
    // Signs appear only after all colours are used.
    expect(looks.filter((look) => signOf(look ?? 0) === 'none')).toHaveLength(8);
    expect(looks.filter((look) => signOf(look ?? 0) === 'dot')).toHaveLength(8);
  });

  it('does not depend on ids or on the order of series', () => {
    const renumbered = eight.map((one) => ({ ...one, id: one.id + 700 })).reverse();
    expect(byLabel(renumbered)).toEqual(byLabel(eight));
  });

  it('is the same everywhere for words that mean the same', () => {
    expect(byLabel([series(1, 'transmit'), series(2, 'receive')])).toEqual({ receive: 1, transmit: 2 });
    expect(byLabel([series(1, 'used'), series(2, 'whatever')])['used']).toBe(4);
  });
});
