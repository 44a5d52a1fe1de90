import { CodecError } from './byte-reader';

/**
 * Floats as scaled whole numbers, after VictoriaMetrics' decimal encoding. Most readings are decimals with few
 * digits, such as `21.5` or `1234.57`; their binary form looks random, but their scaled form, 215 or 123457, does
 * not. The encoding is exact: it is used for a column only if every value comes back bit for bit.
 */

/**
 * Powers of ten that a double represents exactly. A value with more digits than this is not a decimal that a person
 * or a sensor wrote.
 */
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
/** Scaled values stay below this, so that differences of differences are also exact in a double. */
const MAX_SCALED = 2 ** 50;

/**
 * Writes `values[i] * 10^exponent` as whole numbers into `scaled` and returns the exponent, or -1 when some value
 * is not an exact decimal of at most 15 digits (-0 is none).
 */
export function toScaled(values: Float64Array, length: number, scaled: Float64Array): number {
  let exponent = 0;
  let power = 1;
  let from = 0;
  let i = wholeOnes(values, length, scaled);
  while (i < length) {
    const value = values[i] as number;
    const whole = Math.round(value * power);
    if (whole / power === value && Math.abs(whole) <= MAX_SCALED && (whole !== 0 || Object.is(value, 0))) {
      scaled[i++] = whole;
      continue;
    }
    exponent++;
    const next = POWERS[exponent];
    if (next === undefined || Math.abs(value * next) > MAX_SCALED || Object.is(value, -0)) return -1;
    power = next;
    from = i;
  }
  // Values before the last change of the exponent were scaled by a smaller power.
  for (let k = 0; k < from; k++) {
    const whole = Math.round((values[k] as number) * power);
    if (whole / power !== values[k] || Math.abs(whole) > MAX_SCALED) return -1;
    scaled[k] = whole;
  }
  return exponent;
}

/** Copies the values up to the first that is not a whole number, which is the cheapest case; returns how many. */
function wholeOnes(values: Float64Array, length: number, scaled: Float64Array): number {
  for (let i = 0; i < length; i++) {
    const value = values[i] as number;
    if (Math.floor(value) !== value || Math.abs(value) > MAX_SCALED || Object.is(value, -0)) return i;
    scaled[i] = value;
  }
  return length;
}

/** The inverse of {@link toScaled}, in place. */
export function fromScaled(values: Float64Array, length: number, exponent: number): void {
  const power = POWERS[exponent];
  if (power === undefined) throw new CodecError('A column has an invalid exponent.');
  if (power === 1) return;
  for (let i = 0; i < length; i++) values[i] = (values[i] as number) / power;
}
