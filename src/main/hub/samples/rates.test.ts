import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterBase, counterIncrease, counterRate, ratesInPlace } from './rates';

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

  it('is no peak where a reading falls a little, and counts nothing twice afterwards', () => {
    expect(ratesOf([1e12, 1e12 + 500, 1e12 + 499, 1e12 + 1_000])).toEqual([Number.NaN, 500, 0, 500]);
  });

  it('is unknown where a reading falls by a part, and goes on from there', () => {
    expect(ratesOf([1e12, 7e11, 7e11 + 5])).toEqual([Number.NaN, Number.NaN, 5]);
  });

  it('is no growth over a gap that hides a fall', () => {
    expect(ratesOf([1e12, Number.NaN, 1e12 - 1, 1e12 + 10])).toEqual([Number.NaN, Number.NaN, 0, 10]);
    expect(ratesOf([1e12, Number.NaN, 6e11, 6e11 + 10])).toEqual([Number.NaN, Number.NaN, Number.NaN, 10]);
  });

  it('does not stay at zero for a value that keeps falling', () => {
    const values = Array.from({ length: 200 }, (_, i) => 1_000 - i);
    for (const rate of ratesOf(values).slice(1)) expect(rate === 0 || Number.isNaN(rate)).toBe(true);
    expect(ratesOf([...values, 850]).at(-1)).toBeGreaterThan(0);
  });

  it('is never below zero and never more than the counter holds', () => {
    const value = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(value, value, (from, to) => {
        const increase = counterIncrease(from, to);
        if (Number.isNaN(increase)) return;
        expect(increase).toBeGreaterThanOrEqual(0);
        expect(increase).toBeLessThanOrEqual(Math.max(to, to - from));
        expect(counterBase(from, to)).toBeGreaterThanOrEqual(to);
      }),
    );
  });

  it('adds up to the true growth, whatever small jitter its readings have', () => {
    const steps = fc.array(fc.tuple(fc.nat(1_000), fc.nat(100)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(steps, (given) => {
        const start = 1e9;
        let truth = start;
        const readings = given.map(([growth, jitter]) => (truth += growth) - jitter);
        const total = ratesOf([start, ...readings])
          .slice(1)
          .reduce((sum, rate) => sum + rate, 0);
        expect(Math.abs(total - (Math.max(start, ...readings) - start))).toBeLessThan(1e-3);
      }),
    );
  });
});
