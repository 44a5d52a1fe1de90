import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNumber } from './read-number';

/** Reads a number; returns its value and its length, or null if it is refused. */
function read(text: string): { value: number; length: number } | null {
  const target = new Float64Array(1);
  const end = readNumber(Buffer.from(`${text}]`), 0, target, 0);
  return end < 0 ? null : { value: target[0] ?? Number.NaN, length: end };
}

/** Expects the same result as from `JSON.parse`, to the bit; numbers beyond the range of doubles are refused. */
function expectAsJson(text: string): void {
  const value = JSON.parse(text) as number;
  const expected = Number.isFinite(value) ? { value, length: text.length } : null;
  expect(read(text), text).toEqual(expected);
}

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
const whole = fc.oneof(
  fc.constant('0'),
  fc.tuple(fc.constantFrom(...'123456789'), digits(0, 24)).map((parts) => parts.join('')),
);
const fraction = fc.oneof(
  fc.constant(''),
  digits(1, 30).map((some) => `.${some}`),
  fc.tuple(fc.integer({ min: 0, max: 20 }), digits(1, 18)).map(([n, some]) => `.${'0'.repeat(n)}${some}`),
);
const exponent = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc
    .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.integer({ min: 0, max: 400 }))
    .map((parts) => parts.join('')),
);
const anyNumber = fc
  .tuple(fc.constantFrom('', '-'), whole, fraction, exponent)
  .map((parts) => parts.join(''));

describe('a number read from bytes', () => {
  it('is the double that JSON.parse makes of it, however it is written', () => {
    fc.assert(fc.property(anyNumber, expectAsJson), { numRuns: 30_000 });
  });

  it('is the double that was written, for every double', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(double, (value) => expectAsJson(JSON.stringify(value))),
      { numRuns: 20_000 },
    );
  });

  it('is the nearest double where the digits lie between two, or just beside the middle', () => {
    // Values halfway between neighbours of 16 to 18 digits, and one digit off, where an error of the last bit would
    // show.
    const nearMiddle = fc
      .tuple(
        fc.bigInt({ min: 2n ** 53n, max: 10n ** 18n - 2n }),
        fc.constantFrom(-1n, 0n, 1n),
        fc.integer({ min: 0, max: 18 }),
      )
      .map(([near, off, scale]) => {
        const bits = BigInt(near.toString(2).length - 53);
        const middle = bits < 1n ? near : ((near >> bits) << bits) + (1n << (bits - 1n));
        const text = (middle + off).toString();
        if (scale === 0) return text;
        const padded = text.padStart(scale + 1, '0');
        return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
      });
    fc.assert(fc.property(nearMiddle, expectAsJson), { numRuns: 30_000 });
  });

  it.each([
    '0', '-0', '-0.0', '0.0e5', '9', '10', '123456789', '1234567890', '999999999.9', '123456789.5', '1234567890.5',
    '123456789012345678', '1234567890123456789', '0.1234567890123456789', '9007199254740991', '9007199254740992',
    '9007199254740993', '9007199254740993.0', '900719925474099.3', '2327.2780000000002', '0.000001', '1e22', '1e23',
    '1E+2', '4.9e-324', '2e-324', '1e-400', '1.7976931348623157e308', '1.7976931348623159e308', '1e400', '-1e400',
    '0.30000000000000004', '179769313486231570000000000000000000000000000000000000000000000000000000000000000000000',
  ])('reads %s as JSON.parse does', expectAsJson); // prettier-ignore

  it.each(['', '-', '+1', '01', '-01', '00', '.5', '1.', '-1.', '1.e5', '1e', '1e+', '123456789.', '1234567890.', '0x1', 'NaN', 'Infinity'])(
    'takes no %j, which is no JSON',
    (text) => {
      const taken = read(text);
      // A prefix may be a number, but it is followed by neither a comma nor the end of the row.
      if (taken) expect(taken.length).toBeLessThan(text.length);
      expect(() => JSON.parse(text) as unknown).toThrow();
    },
  ); // prettier-ignore
});
