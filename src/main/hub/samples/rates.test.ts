import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterIncrease, counterRate, ratesInPlace } from './rates';

function ratesOf(values: readonly number[]): number[] {
  const v = Float64Array.from(values);
  ratesInPlace(
    values.map((_, i) => i * 1_000),
    v,
  );
  return [...v];
}

describe('the rate of a counter', () => {
  it('is what it counted a second', () => {
    expect(counterRate(0, 100, 2_000, 300)).toBe(100);
    expect(counterRate(5, 1, 5, 2)).toBeNaN();
  });

  it('counts from zero after a restart', () => {
    expect(ratesOf([1e12, 1e12 + 500, 0, 700])).toEqual([Number.NaN, 500, 0, 700]);
    expect(ratesOf([1e12, 120])).toEqual([Number.NaN, 120]);
  });

  it('is no peak where a reading falls a little', () => {
    expect(ratesOf([1e12, 1e12 + 500, 1e12 + 499, 1e12 + 1_000])).toEqual([Number.NaN, 500, 0, 501]);
  });

  it('counts nothing where a reading falls by a part, and goes on from there', () => {
    expect(ratesOf([1e12, 7e11, 7e11 + 5])).toEqual([Number.NaN, 0, 5]);
  });

  it('is no growth over a gap that hides a fall', () => {
    expect(ratesOf([1e12, Number.NaN, 1e12 - 1, 1e12 + 10])).toEqual([Number.NaN, Number.NaN, 0, 11]);
    expect(ratesOf([1e12, Number.NaN, 6e11, 6e11 + 10])).toEqual([Number.NaN, Number.NaN, 0, 10]);
  });

  it('is never below zero and never more than the counter holds', () => {
    const value = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(value, value, (from, to) => {
        const increase = counterIncrease(from, to);
        expect(increase).toBeGreaterThanOrEqual(0);
        expect(increase).toBeLessThanOrEqual(Math.max(0, to, to - from));
      }),
    );
  });
});
