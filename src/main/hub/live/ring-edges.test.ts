import { describe, expect, it } from 'vitest';
import type { MetricKind } from '@shared/model';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { createWriter } from '../ingest/row-writer';
import { RingMemory } from '../series/ring-memory';
import type { Series } from '../series/series';
import { SeriesTable } from '../series/series-table';
import { newestReading } from './read-series';
import { querySeries } from './ring-query';

/** A series in memory with these samples. */
function seriesWith(kind: MetricKind, samples: readonly (readonly [time: number, value: number])[]): Series {
  const table = new SeriesTable(DEFAULT_LIMITS, new RingMemory(1 << 20));
  const declared = table.declare('d', { name: 'x', kind, unit: 'By' });
  if (!declared.ok) throw new Error(declared.error.message);
  const { series } = declared.value;
  const write = createWriter(table, 'd', [series]);
  for (const [time, value] of samples) write(time, Float64Array.of(value), 0, 1, 'live');
  return series;
}

const SAMPLES = [
  [1_000, 10],
  [2_000, 20],
  [3_000, 60],
  [4_000, 70],
] as const;

describe('a range in memory is [from, to)', () => {
  const ask = (kind: MetricKind, range: { from: number; to: number; points?: number; raw?: boolean }) =>
    querySeries([seriesWith(kind, SAMPLES)], range).series[0];

  it('at full resolution, with what the series is', () => {
    expect(ask('gauge', { from: 1_000, to: 3_000 })).toEqual({
      ...{ device: 'd', metric: 'x', labels: {}, unit: 'By', kind: 'gauge' },
      t: [1_000, 2_000],
      v: [10, 20],
    });
    expect(ask('gauge', { from: 1_001, to: 3_001 })?.t).toEqual([2_000, 3_000]);
    expect(ask('gauge', { from: 5_000, to: 6_000 })?.t).toEqual([]);
  });

  it('of a counter as rates a second, which need the reading before, or as it was sent', () => {
    expect(ask('counter', { from: 2_000, to: 4_000 })).toMatchObject({ t: [2_000, 3_000], v: [10, 40] });
    expect(ask('counter', { from: 1_000, to: 2_000 })).toMatchObject({ t: [1_000], v: [null] });
    expect(ask('counter', { from: 2_000, to: 4_000, raw: true })).toMatchObject({ v: [20, 60] });
  });

  it('in steps, each of which is one too; a step without samples has no value', () => {
    expect(ask('gauge', { from: 1_000, to: 7_000, points: 3 })).toMatchObject({
      t: [1_000, 3_000, 5_000],
      min: [10, 60, null],
      max: [20, 70, null],
      avg: [15, 65, null],
    });
  });
});

it('a missing value is null, and takes no part in a step', () => {
  const series = seriesWith('gauge', [
    [1, Number.NaN],
    [2, 4],
  ]);
  expect(querySeries([series], { from: 0, to: 10 }).series[0]?.v).toEqual([null, 4]);
  expect(querySeries([series], { from: 0, to: 10, points: 1 }).series[0]).toMatchObject({
    min: [4],
    avg: [4],
  });
});

it('of the same time the last value counts, and a missing one removes none', () => {
  const series = seriesWith('gauge', [
    [5, 1],
    [4, 2],
    [5, 3],
    [4, Number.NaN],
  ]);
  expect(querySeries([series], { from: 0, to: 10 }).series[0]).toMatchObject({ t: [4, 5], v: [2, 3] });
});

it('the newest reading is the one with the latest time, however old', () => {
  const { t, v } = newestReading(seriesWith('gauge', SAMPLES));
  expect([[...t], [...v]]).toEqual([[4_000], [70]]);
  expect(newestReading(seriesWith('gauge', [])).t).toHaveLength(0);
});
