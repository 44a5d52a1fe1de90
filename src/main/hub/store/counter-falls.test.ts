import { describe, expect, it } from 'vitest';
import { Buckets } from './buckets';
import { columnId, FIELD } from './fields';
import { rollUp, type Readings } from './rollup';

const T = [0, 1_000, 2_000, 3_000];
const JITTER = [1e12, 1e12 + 500, 1e12 + 499, 1e12 + 1_000];

function rolledUp(values: readonly number[]): Record<'increase' | 'covered' | 'min' | 'max', number> {
  const block = {
    t: Float64Array.from(values, (_, i) => i * 1_000),
    columns: [{ id: columnId(1, FIELD.value), v: Float64Array.from(values) }],
  };
  const readings: Readings = new Map();
  const { columns } = rollUp(block, 60_000, () => 'counter', readings);
  const field = (name: number) => columns.find(({ id }) => id === columnId(1, name))?.v[0] ?? Number.NaN;
  return {
    increase: field(FIELD.increase),
    covered: field(FIELD.coveredMs),
    min: field(FIELD.minRate),
    max: field(FIELD.maxRate),
  };
}

describe('a counter that falls a little', () => {
  it('leaves no peak in roll-ups', () => {
    expect(rolledUp(JITTER)).toEqual({ increase: 1_001, covered: 3_000, min: 0, max: 501 });
  });

  it('leaves no peak in buckets', () => {
    const buckets = new Buckets(1, 'counter', 0, 4_000, 1, false);
    buckets.samples(Float64Array.from(T), Float64Array.from(JITTER));
    const { min, max, avg } = buckets.result(Float64Array.of(0));
    expect([min?.[0], max?.[0]]).toEqual([0, 501]);
    expect(avg?.[0]).toBeCloseTo(1_001 / 3, 9);
  });
});

describe('a counter that falls by a part', () => {
  it('counts nothing in roll-ups and buckets in that step', () => {
    const values = [1_000, 700, 710];
    expect(rolledUp(values)).toEqual({ increase: 10, covered: 2_000, min: 0, max: 10 });
    const buckets = new Buckets(1, 'counter', 0, 3_000, 1, false);
    buckets.samples(Float64Array.of(0, 1_000, 2_000), Float64Array.from(values));
    const { min, max, avg } = buckets.result(Float64Array.of(0));
    expect([min?.[0], max?.[0], avg?.[0]]).toEqual([0, 10, 5]);
  });
});
