import { describe, expect, it } from 'vitest';
import type { ChartSeries } from '@shared/metrics/chart-spec';
import { seriesSlots } from './colors';
import { colorSlot, COLORS, freeLook, LOOKS, signOf, slotColor } from './looks';

const series = (id: number, label: string, slot?: number): ChartSeries => ({
  ...{ id, label, metric: 'm', labels: { name: label }, unit: '', kind: 'gauge' },
  ...(slot !== undefined && { slot }),
});
const slotOf = (label: string): number | undefined =>
  seriesSlots({ group: 'Other', series: [series(1, label), series(2, 'another')] }).get(1);

describe('words that mean the same everywhere', () => {
  it.each([
    ['user', 1],
    ['system', 2],
    ['iowait', 3],
    ['nice', 4],
    ['kernel', 5],
    ['interrupt', 6],
    ['steal', 7],
    ['receive', 1],
    ['transmit', 2],
    ['in', 1],
    ['out', 2],
    ['read', 4],
    ['write', 3],
    ['used', 4],
    ['cached', 5],
    ['buffers', 1],
    ['free', 8],
    ['1 min', 1],
    ['5 min', 2],
    ['15 min', 5],
  ])('%s has colour %d', (label, slot) => expect(slotOf(label)).toBe(slot));

  it.each([
    ['CPU', 1],
    ['Memory', 4],
    ['Network', 1],
    ['Disk', 4],
    ['File systems', 4],
    ['Temperature', 2],
    ['Load', 1],
    ['Processes', 5],
    ['Power', 4],
  ])('a chart of %s with one line has colour %d', (group, slot) => {
    expect(seriesSlots({ group, series: [series(7, 'x')] }).get(7)).toBe(slot);
  });
});

describe('looks', () => {
  it('a series that asks for one gets it, and nobody else does', () => {
    const slots = seriesSlots({
      group: 'CPU',
      series: [series(1, 'user'), series(2, 'x', 1), series(3, 'y', 1)],
    });
    expect([slots.get(2), slots.get(3), slots.get(1)]).toEqual([1, 1, 2]);
  });

  it('are eight colours without a sign, then the same ones with each sign', () => {
    expect([COLORS, LOOKS]).toEqual([8, 40]);
    expect([1, 8, 9, 16, 17, 40].map(colorSlot)).toEqual([1, 8, 1, 8, 1, 8]);
    expect([1, 8, 9, 17, 25, 33].map(signOf)).toEqual(['none', 'none', 'dot', 'square', 'triangle', 'ring']);
    expect(slotColor(10)).toBe('var(--s2)');
  });

  it('are the next free ones, and the wished one when there is none', () => {
    expect(freeLook(new Set(), 8)).toBe(8);
    expect(freeLook(new Set([8]), 8)).toBe(1);
    expect(freeLook(new Set([1, 2, 3, 4, 5, 6, 7, 8]), 3)).toBe(11);
    expect(freeLook(new Set([1, 2]), 1, 2)).toBe(9);
    expect(freeLook(new Set(Array.from({ length: LOOKS }, (_, i) => i + 1)), 5)).toBe(5);
  });
});
