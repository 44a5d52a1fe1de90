import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { niceRange, YRange, type YRangeOptions } from './y-range';

const plain: YRangeOptions = { unit: '', kind: 'gauge', min: null, max: null };
const ratio: YRangeOptions = { unit: '1', kind: 'gauge', min: 0, max: 1 };
const bytes: YRangeOptions = { unit: 'By', kind: 'gauge', min: 0, max: null };

describe('niceRange', () => {
  it('starts at zero unless values stay far from it', () => {
    expect(niceRange(3, 40, plain)).toMatchObject({ low: 0 });
    expect(niceRange(36, 42, plain)).toMatchObject({ low: 34, high: 44, step: 2 });
  });

  it('follows values that vary little around a large one', () => {
    const { low, high, step, scale } = niceRange(49.96, 50.04, { ...plain, unit: 'Hz' });
    expect(low).toBeGreaterThan(49.9);
    expect(high).toBeLessThan(50.1);
    expect(high - low).toBeLessThan(0.16);
    expect(scale.digits(step)).toBeGreaterThanOrEqual(2);
  });

  it('gives a value that does not vary room', () => {
    const { low, high } = niceRange(50, 50, { ...plain, unit: 'Hz' });
    expect(high - low).toBeGreaterThan(1);
  });

  it('shows the whole of a known space once half of it is filled', () => {
    expect(niceRange(0.1, 0.62, ratio)).toMatchObject({ low: 0, high: 1, step: 0.25 });
    expect(niceRange(0.01, 0.06, ratio).high).toBeLessThan(0.2);
  });

  it('shows no more than the whole where its rounded parts add up to a little more', () => {
    expect(niceRange(0.1, 1.003, ratio)).toMatchObject({ low: 0, high: 1 });
    expect(niceRange(0.1, 1.2, ratio).high).toBeGreaterThanOrEqual(1.2);
  });

  it('has room around one value that is so large that next to nothing can be added to it', () => {
    // Linux reports unlimited memory as this value; the other is microseconds since the epoch without a unit.
    const unlimited = niceRange(2 ** 63 - 4096, 2 ** 63 - 4096, { ...bytes, min: null });
    const moment = niceRange(1.7e15, 1.7e15, { ...ratio, min: null, max: null });
    for (const [{ low, high, step }, value] of [
      [unlimited, 2 ** 63 - 4096],
      [moment, 1.7e15],
    ] as const) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
      expect((high - low) / step).toBeLessThan(8);
    }
  });

  it('steps by powers of two where the unit does', () => {
    const { step, high } = niceRange(0, 20 * 1024 ** 2, bytes);
    expect(step).toBe(8 * 1024 ** 2);
    expect(high).toBe(24 * 1024 ** 2);
  });

  it('holds all values, within its bounds, with few lines, whatever they are', () => {
    const value = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.constantFrom(plain, bytes), (a, b, options) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const range = niceRange(low, high, options);
        expect(range.low).toBeLessThanOrEqual(low);
        expect(range.high).toBeGreaterThanOrEqual(high);
        expect(range.high).toBeGreaterThan(range.low);
        expect((range.high - range.low) / range.step).toBeLessThanOrEqual(5.01);
      }),
    );
  });
});

describe('YRange', () => {
  it('grows at once and shrinks only after a while', () => {
    const range = new YRange(plain);
    range.update(0, 10, 0);
    const { high } = range.current;
    range.update(0, 90, 100);
    expect(range.current.high).toBeGreaterThanOrEqual(90);
    range.update(0, 10, 200);
    range.update(0, 10, 3_000);
    expect(range.current.high).toBeGreaterThanOrEqual(90);
    range.update(0, 10, 4_300);
    expect(range.current.high).toBe(high);
  });

  it('does not move while values are a little above the whole', () => {
    const range = new YRange(ratio);
    range.update(0, 0.9, 0);
    const before = range.current;
    range.update(0, 1.003, 100);
    range.update(0, 1.002, 200);
    expect(range.current).toBe(before);
  });

  it('does not move while values stay inside and use most of it', () => {
    const range = new YRange(plain);
    range.update(0, 100, 0);
    const before = range.current;
    for (let now = 0; now < 60_000; now += 250) range.update(0, 80 + (now % 3_000) / 200, now);
    expect(range.current).toBe(before);
  });

  it('always holds what it was told last', () => {
    const value = fc.integer({ min: -10_000, max: 10_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1 }), (list) => {
        const range = new YRange(plain);
        for (const [i, [a, b]] of list.entries()) {
          range.update(Math.min(a, b), Math.max(a, b), i * 1_000);
          expect(range.current.low).toBeLessThanOrEqual(Math.min(a, b));
          expect(range.current.high).toBeGreaterThanOrEqual(Math.max(a, b));
        }
      }),
    );
  });
});
