import { CodecError, type ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';

/**
 * Whole numbers as byte planes: all lowest bytes, then all second bytes and so on, as many planes as the largest
 * number needs. Bytes of one plane resemble each other, which suits an entropy coder. No planes at all means zeros.
 */

const TWO_32 = 2 ** 32;
const POWERS_256 = [1, 2 ** 8, 2 ** 16, 2 ** 24, 2 ** 32, 2 ** 40, 2 ** 48];

/** Writes `values[from..to)`, each in `[0, 2^53)`. */
export function writePlanes(out: ByteWriter, values: Float64Array, from: number, to: number): void {
  let max = 0;
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    if (value > max) max = value;
  }
  let width = 0;
  while (width < 7 && max >= (POWERS_256[width] as number)) width++;
  const count = to - from;
  out.reserve(1 + width * count);
  const { bytes } = out;
  let at = out.length;
  bytes[at++] = width;
  for (let plane = 0; plane < Math.min(width, 4); plane++) {
    const shift = plane * 8;
    for (let i = from; i < to; i++) bytes[at++] = low32(values[i] as number) >>> shift;
  }
  for (let plane = 4; plane < width; plane++) {
    const shift = plane * 8 - 32;
    for (let i = from; i < to; i++) bytes[at++] = Math.floor((values[i] as number) / TWO_32) >>> shift;
  }
  out.length = at;
}

/** `ToInt32` of a double is its value modulo 2^32, exact for whole numbers below 2^53. */
function low32(value: number): number {
  return value | 0;
}

/** Reads `to - from` numbers into `values[from..to)`. */
export function readPlanes(input: ByteReader, values: Float64Array, from: number, to: number): void {
  const width = input.byte();
  if (width > 7) throw new CodecError('A column has too many planes.');
  const count = to - from;
  const bytes = input.take(width * count);
  if (width === 0) {
    values.fill(0, from, to);
    return;
  }
  if (width === 1) {
    for (let i = 0; i < count; i++) values[from + i] = bytes[i] as number;
    return;
  }
  for (let i = 0; i < count; i++) values[from + i] = bytes[i] as number;
  for (let plane = 1; plane < width; plane++) {
    const scale = POWERS_256[plane] as number;
    const start = plane * count;
    for (let i = 0; i < count; i++) {
      values[from + i] = (values[from + i] as number) + (bytes[start + i] as number) * scale;
    }
  }
}
