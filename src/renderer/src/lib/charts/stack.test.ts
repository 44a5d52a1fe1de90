import { describe, expect, it } from 'vitest';
import { SeriesBuffer } from '../hub/series-buffer';
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
});
