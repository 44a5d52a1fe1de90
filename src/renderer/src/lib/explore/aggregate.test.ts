import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HistoryColumns } from '../hub/history-columns';
import { SeriesBuffer } from '../hub/series-buffer';
import { AggregateColumns, align, gridFor, liveBucketMs } from './aggregate';

const SECOND = 1_000;

/** Creates the samples of one device in the order of arrival. */
function samples(values: readonly (readonly [seconds: number, value: number])[]): SeriesBuffer {
  const buffer = new SeriesBuffer({ windowMs: 3_600_000 });
  for (const [seconds, value] of values) buffer.push(seconds * SECOND, value);
  return buffer;
}

const every = (step: number, count: number, value: (i: number) => number, from = 0) =>
  samples(Array.from({ length: count }, (_, i) => [from + i * step, value(i)] as const));

function aligned(columns: SeriesBuffer, bucketMs: number, from: number, to: number): number[] {
  const grid = gridFor(bucketMs, from * SECOND, to * SECOND);
  const into = new Float64Array(grid.end - grid.first);
  align(columns, grid, into);
  return [...into];
}

function lineOf(columns: AggregateColumns): [number, number][] {
  return Array.from({ length: columns.end }, (_, i) => [(columns.t[i] ?? NaN) / SECOND, columns.v[i] ?? NaN]);
}

describe('the highest and the lowest of several devices', () => {
  const update = (how: 'min' | 'max' | 'avg', members: (SeriesBuffer | HistoryColumns)[]) => {
    const columns = new AggregateColumns();
    columns.update(members, how, gridFor(10 * SECOND, 0, 20 * SECOND));
    return lineOf(columns).map(([, value]) => value);
  };

  it('are those of every sample, not of means', () => {
    const spiky = every(1, 20, (i) => (i === 3 ? 90 : i === 7 ? -40 : 10));
    const calm = every(1, 20, () => 20);
    expect(update('max', [spiky, calm])).toEqual([90, 20]);
    expect(update('min', [spiky, calm])).toEqual([-40, 10]);
    expect(update('avg', [spiky, calm])).toEqual([16.5, 15]);
  });

  it('hold for the past, too, where each column knows its extremes', () => {
    const past = new HistoryColumns(10 * SECOND);
    const names = { device: 'kiln', metric: 'temperature', labels: {}, unit: 'Cel', kind: 'gauge' } as const;
    past.put({ ...names, t: [0, 10_000], avg: [5, 6], min: [1, 6], max: [80, 6] }, 0, 20_000, 0);
    expect(update('max', [past])).toEqual([80, 6]);
    expect(update('min', [past])).toEqual([1, 6]);
  });
});

describe('aligning to buckets', () => {
  it('takes the mean of what falls into each', () => {
    expect(
      aligned(
        every(0.5, 8, (i) => i),
        SECOND,
        0,
        4,
      ),
    ).toEqual([0.5, 2.5, 4.5, 6.5]);
  });

  it('goes along the line between samples that are farther apart', () => {
    const slow = every(10, 6, (i) => i * 10);
    expect(aligned(slow, 5 * SECOND, 0, 30).map(Math.round)).toEqual([0, 8, 10, 18, 20, 28]);
  });

  it('has nothing where the device was silent', () => {
    const holed = samples([...Array(20).keys()].filter((s) => s < 6 || s > 12).map((s) => [s, 1] as const));
    expect(aligned(holed, SECOND, 0, 20).map((value) => (Number.isNaN(value) ? 0 : value))).toEqual(
      [...Array(20).keys()].map((s) => (s < 6 || s > 12 ? 1 : 0)),
    );
  });

  it('carries the last value for a moment, so that a device that is about to report does not count as gone', () => {
    const one = every(1, 10, () => 4);
    expect(aligned(one, SECOND, 8, 14)).toEqual([4, 4, 4, 4, NaN, NaN]);
  });

  it('gives the same whatever window it is looked at through', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: -5, max: 5 })), {
          maxLength: 60,
        }),
        fc.integer({ min: 0, max: 100 }),
        (values, from) => {
          const columns = samples(values);
          expect(aligned(columns, 5 * SECOND, from, 150)).toEqual(
            aligned(columns, 5 * SECOND, 0, 150).slice(Math.floor(from / 5)),
          );
        },
      ),
    );
  });
});

describe('an aggregate', () => {
  const grid = gridFor(SECOND, 0, 5 * SECOND);
  const members = [every(1, 5, () => 1), every(1, 5, () => 2), every(1, 5, () => 6)];

  it.each([
    ['sum', 9],
    ['avg', 3],
    ['min', 1],
    ['max', 6],
    ['p95', 5.6],
  ] as const)('of three devices: %s', (how, expected) => {
    const line = new AggregateColumns();
    line.update(members, how, grid);
    expect(line.end).toBe(5);
    for (const [, value] of lineOf(line)) expect(value).toBeCloseTo(expected, 9);
  });

  it('counts only who was there', () => {
    const late = every(1, 2, () => 10, 3);
    const line = new AggregateColumns();
    line.update([every(1, 5, () => 2), late], 'avg', grid);
    expect(lineOf(line)).toEqual([
      [0.5, 2],
      [1.5, 2],
      [2.5, 2],
      [3.5, 6],
      [4.5, 6],
    ]);
  });

  it('has a gap where nobody was', () => {
    const holed = samples([0, 1, 2, 3, 4, 5, 20, 21, 22, 23, 24, 25].map((s) => [s, 1] as const));
    const line = new AggregateColumns();
    line.update([holed, holed], 'sum', gridFor(SECOND, 0, 26 * SECOND));
    const gaps = lineOf(line).flatMap(([t], i) => (line.isGapBefore(i) ? [t] : []));
    expect(gaps).toEqual([20.5]);
  });

  it('of history is made column by column', () => {
    const past = (values: (number | null)[]) => {
      const columns = new HistoryColumns(60 * SECOND);
      const t = values.map((_, i) => i * 60 * SECOND);
      const names = { device: 'a', metric: 'm', labels: {}, unit: '', kind: 'gauge' } as const;
      columns.put({ ...names, t, avg: values, min: values, max: values }, 0, values.length * 60 * SECOND, 0);
      return columns;
    };
    const line = new AggregateColumns();
    line.update([past([1, 2, 3]), past([10, 20, 30])], 'sum', gridFor(60 * SECOND, 0, 180 * SECOND));
    expect([...line.v.subarray(0, line.end)]).toEqual([11, 22, 33]);
    expect([...line.t.subarray(0, line.end)]).toEqual([30_000, 90_000, 150_000]);
  });

  it('lies between its lowest and its highest member', () => {
    const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 3, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 6 }), (devices) => {
        const columns = devices.map((list) => every(1, list.length, (i) => list[i] ?? 0));
        const at = (how: 'min' | 'avg' | 'p95' | 'max') => {
          const line = new AggregateColumns();
          line.update(columns, how, grid);
          return lineOf(line).map(([, value]) => value);
        };
        const [low, avg, p95, high] = [at('min'), at('avg'), at('p95'), at('max')];
        for (const [i, value] of avg.entries()) {
          expect(value).toBeGreaterThanOrEqual((low[i] ?? NaN) - 1e-9);
          expect(value).toBeLessThanOrEqual((high[i] ?? NaN) + 1e-9);
          expect(p95[i] ?? NaN).toBeLessThanOrEqual((high[i] ?? NaN) + 1e-9);
        }
      }),
    );
  });

  it('is not made again while nothing has changed', () => {
    const line = new AggregateColumns();
    line.update(members, 'avg', grid);
    const { version } = line;
    line.update(members, 'avg', grid);
    expect(line.version).toBe(version);
    members[0]?.push(4_500, 7);
    line.update(members, 'avg', grid);
    expect(line.version).toBe(version + 1);
  });
});

describe('the bucket of a live aggregate', () => {
  it('holds at least one sample of the slowest, and never more than the picture bears', () => {
    const fast = every(0.25, 100, () => 1);
    const slow = every(30, 10, () => 1);
    expect(liveBucketMs(300_000, [fast])).toBe(1_000);
    expect(liveBucketMs(900_000, [fast])).toBe(3_000);
    expect(liveBucketMs(300_000, [fast, slow])).toBe(10_000);
    expect(liveBucketMs(900_000, [fast, slow])).toBe(30_000);
  });
});
