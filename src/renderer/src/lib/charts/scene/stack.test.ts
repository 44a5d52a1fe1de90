import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeriesBuffer } from '../../hub/series-buffer';
import { Stack } from './stack';

function bufferOf(samples: readonly [number, number][]): SeriesBuffer {
  const buffer = new SeriesBuffer({ windowMs: 1e12 });
  for (const [time, value] of samples) buffer.push(time, value);
  return buffer;
}

const topOf = (stack: Stack) => {
  const layer = stack.layers.at(-1);
  return Array.from({ length: stack.end }, (_, i) => [stack.t[i], layer?.v[i]]);
};

/** Returns the times, gaps and values of every layer. */
const rowsOf = (stack: Stack) =>
  Array.from({ length: stack.end - stack.start }, (_, k) => {
    const i = stack.start + k;
    return [stack.t[i], k > 0 ? stack.gaps[i] : 1, ...stack.layers.map((layer) => layer.v[i])];
  });

describe('Stack', () => {
  it('adds series that share their times', () => {
    const stack = new Stack();
    stack.update([
      bufferOf([
        [0, 1],
        [1_000, 2],
      ]),
      bufferOf([
        [0, 10],
        [1_000, 20],
      ]),
    ]);
    expect(topOf(stack)).toEqual([
      [0, 11],
      [1_000, 22],
    ]);
    expect(stack.layers[0]?.v.slice(0, 2)).toEqual(Float64Array.of(1, 2));
  });

  it('interpolates series of other times, and counts them as nothing beyond their ends', () => {
    const stack = new Stack();
    stack.update([
      bufferOf([
        [0, 1],
        [1_000, 1],
        [2_000, 1],
        [3_000, 1],
      ]),
      bufferOf([
        [500, 10],
        [1_500, 20],
      ]),
    ]);
    expect(topOf(stack)).toEqual([
      [0, 1],
      [500, 11],
      [1_000, 16],
      [1_500, 21],
      [2_000, 1],
      [3_000, 1],
    ]);
  });

  it('has a gap only where all of its series have one', () => {
    const seconds = (...list: number[]) => bufferOf(list.map((s) => [s * 1_000, 1]));
    const both = new Stack();
    both.update([seconds(0, 1, 2, 20, 21, 22), seconds(0, 1, 2, 20, 21, 22)]);
    expect([...both.gaps.slice(0, both.end)]).toEqual([1, 0, 0, 1, 0, 0]);
    const one = new Stack();
    one.update([seconds(0, 1, 2, 20, 21, 22), seconds(...Array.from({ length: 23 }, (_, i) => i))]);
    expect([...one.gaps.slice(1, one.end)]).not.toContain(1);
  });

  it('is made anew only when something changed', () => {
    const stack = new Stack();
    const buffer = bufferOf([[0, 1]]);
    stack.update([buffer]);
    const marker = stack.t;
    marker[0] = 77;
    stack.update([buffer]);
    expect(stack.t[0]).toBe(77);
    buffer.push(1_000, 2);
    stack.update([buffer]);
    expect(topOf(stack)).toEqual([
      [0, 1],
      [1_000, 2],
    ]);
  });

  it('is the same, gone on with sample by sample or made at once, and says from when on it changed', () => {
    const arrival = fc.record({
      of: fc.integer({ min: 0, max: 2 }),
      after: fc.integer({ min: 1, max: 9_000 }),
      late: fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
      value: fc.integer({ min: -50, max: 50 }),
    });
    fc.assert(
      fc.property(
        fc.array(arrival, { minLength: 20, maxLength: 120 }),
        fc.integer({ min: 1, max: 4 }),
        (list, every) => {
          const buffers = [bufferOf([]), bufferOf([]), bufferOf([])];
          const stack = new Stack();
          let now = 0;
          for (const [i, { of, after, late, value }] of list.entries()) {
            now += after;
            buffers[of]?.push(late ? now / 2 : now, value);
            if (i % every !== 0) continue;
            const filled = buffers.filter((buffer) => buffer.end > buffer.start);
            const before = { version: stack.version, rows: rowsOf(stack) };
            stack.update(filled);
            const fresh = new Stack();
            fresh.update(filled);
            expect(rowsOf(stack)).toEqual(rowsOf(fresh));
            const since = stack.changedSince(before.version);
            const known = (rows: ReturnType<typeof rowsOf>) => rows.filter(([time]) => (time ?? 0) < since);
            if (since > -Infinity) expect(known(rowsOf(stack))).toEqual(known(before.rows));
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
