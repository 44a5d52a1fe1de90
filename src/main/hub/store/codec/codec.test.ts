import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockReader, encodeBlock, isIntact, type Block } from './block';
import { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';
import { readColumn, writeColumn } from './column';
import { toScaled } from './decimal';

function roundTrip(values: ArrayLike<number>): Float64Array {
  const out = new ByteWriter(8);
  writeColumn(out, Float64Array.from(values));
  return readColumn(new ByteReader(out.take()), values.length);
}

/** `Object.is` on every value: tells 0 from -0, and NaN equals NaN. */
function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) expect(actual[i]).toBe(expected[i]);
  }
}

function sizeOf(values: ArrayLike<number>): number {
  const out = new ByteWriter();
  writeColumn(out, Float64Array.from(values));
  return out.length;
}

const anyDouble = fc.double({ noDefaultInfinity: false });
const decimal = fc
  .tuple(fc.integer({ min: -10_000_000, max: 10_000_000 }), fc.integer({ min: 0, max: 6 }))
  .map(([whole, digits]) => Number(`${whole}e-${digits}`));

describe('column', () => {
  it('gives back every double bit for bit, absent values as absent', () => {
    fc.assert(
      fc.property(fc.array(anyDouble, { maxLength: 300 }), (values) => expectSame(roundTrip(values), values)),
    );
  });

  it('gives back decimals, sparse or not', () => {
    const cell = fc.option(decimal, { nil: Number.NaN, freq: 5 });
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 300 }), (values) => expectSame(roundTrip(values), values)),
    );
  });

  it('gives back whole numbers of any size', () => {
    const whole = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }).map(Number));
    fc.assert(
      fc.property(fc.array(whole, { maxLength: 200 }), (values) => expectSame(roundTrip(values), values)),
    );
  });

  it('gives back rising counters with restarts, in steps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4_096 }), { maxLength: 300 }),
        fc.integer({ min: 1, max: 4_096 }),
        (steps, unit) => {
          let count = 0;
          const values = steps.map((step) => (count = step === 0 ? 0 : count + step * unit));
          expectSame(roundTrip(values), values);
        },
      ),
    );
  });

  it.each([
    [[0, -0, 0]],
    [[-0]],
    [[-0, -0, -0]],
    [[Number.MIN_VALUE, -Number.MIN_VALUE, 5e-324 * 3]],
    [[Number.MAX_VALUE, -Number.MAX_VALUE, 0]],
    [[2 ** 53, 2 ** 53 - 1, -(2 ** 53)]],
    [[2 ** 50, -(2 ** 50), 2 ** 50]],
    [[Number.NaN, Number.NaN]],
    [[Number.NaN, 1, Number.NaN]],
    [[0.1, 0.2, 0.1 + 0.2]],
    [[1e-15, 1e15]],
    [[1e22, 1e-7, 123456789.123456]],
    [[]],
  ])('gives back %j', (values) => {
    expectSame(roundTrip(values), values);
  });

  it('writes a constant column in a few bytes, and a steady counter too', () => {
    expect(sizeOf(new Float64Array(1_000).fill(21.5))).toBeLessThan(8);
    expect(sizeOf(Array.from({ length: 1_000 }, (_, i) => 1e12 + i * 4_096))).toBeLessThan(20);
  });

  it('finds the least exponent that makes decimals whole', () => {
    const scaled = new Float64Array(3);
    expect(toScaled(Float64Array.of(1, 2.5, 3.25), 3, scaled)).toBe(2);
    expect(Array.from(scaled)).toEqual([100, 250, 325]);
    expect(toScaled(Float64Array.of(1 / 3), 1, scaled)).toBe(-1);
  });
});

describe('block', () => {
  const block = fc
    .record({
      times: fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 42 }), { minLength: 1, maxLength: 40 }),
      ids: fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 35 }), { minLength: 1, maxLength: 40 }),
      seed: fc.infiniteStream(fc.oneof(decimal, anyDouble)),
    })
    .map(({ times, ids, seed }): Block => {
      const t = Float64Array.from(times).sort();
      const sorted = [...ids].sort((a, b) => a - b);
      return {
        t,
        columns: sorted.map((id) => ({ id, v: t.map(() => Number(seed.next().value)) })),
      };
    });

  it('gives back every column, all at once or alone, at any level of compression', () => {
    fc.assert(
      fc.property(block, fc.constantFrom(0, 1, 6), ({ t, columns }, level) => {
        const reader = new BlockReader(encodeBlock({ t, columns }, level).bytes);
        expectSame(reader.t, t);
        expect(reader.ids()).toEqual(columns.map(({ id }) => id));
        const all = reader.all();
        for (const [i, { id, v }] of columns.entries()) {
          expectSame(all.columns[i]?.v ?? [], v);
          expectSame(reader.column(id) ?? [], v);
        }
        expect(reader.column(2 ** 36)).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  it('gives back whole numbers and decimals in the quick form of the journal', () => {
    const whole = fc.oneof(fc.maxSafeInteger(), fc.integer(), decimal);
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 100 }), (values) => {
        const t = Float64Array.from(values, (_, i) => i * 1_000);
        const columns = [{ id: 1, v: Float64Array.from(values) }];
        expectSame(new BlockReader(encodeBlock({ t, columns }, 0).bytes).column(1) ?? [], values);
      }),
    );
  });

  it('keeps times that are no whole ms', () => {
    const t = Float64Array.of(1_700_000_000_000.125, 1_700_000_000_001.5, 1_700_000_000_002.000_2);
    const { bytes } = encodeBlock({ t, columns: [{ id: 1, v: Float64Array.of(1, 2, 3) }] });
    expectSame(new BlockReader(bytes).t, t);
  });

  it('reads a wide block one column at a time', () => {
    const rows = 600;
    const t = Float64Array.from({ length: rows }, (_, i) => i * 1_000);
    const columns = Array.from({ length: 500 }, (_, c) => ({
      id: c * 16,
      v: t.map((_, i) => Math.sin(i * (c + 1)) * c),
    }));
    const reader = new BlockReader(encodeBlock({ t, columns }).bytes);
    for (const c of [499, 3, 250]) expectSame(reader.column(c * 16) ?? [], columns[c]?.v ?? []);
  });

  it('refuses bytes of which any one is changed', () => {
    const t = Float64Array.of(1, 2, 3, 4);
    const { bytes } = encodeBlock({ t, columns: [{ id: 7, v: Float64Array.of(1.5, 2.5, Number.NaN, 9) }] });
    expect(isIntact(bytes)).toBe(true);
    for (let i = 0; i < bytes.length; i++) {
      const damaged = bytes.slice();
      damaged[i] = (damaged[i] ?? 0) ^ 0x20;
      expect(() => new BlockReader(damaged).all()).toThrow();
    }
    expect(() => new BlockReader(bytes.subarray(0, 3))).toThrow();
  });
});
