import type { ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';

/**
 * Arbitrary floats: each value is XORed with the previous one, as in Gorilla (Pelkonen et al., VLDB 2015), and then
 * stored as eight byte planes instead of a bit stream. Sign, exponent and high mantissa bits barely change, so they
 * form planes of near zeros that the entropy coder removes. Exact for every bit pattern.
 */
const WIDTH = 8;

export function writeXor(out: ByteWriter, values: Float64Array, length: number): void {
  out.reserve(WIDTH * length);
  const words = new Uint32Array(values.buffer, values.byteOffset, length * 2);
  const { bytes } = out;
  const start = out.length;
  let previousLow = 0;
  let previousHigh = 0;
  for (let i = 0; i < length; i++) {
    const low = words[2 * i] as number;
    const high = words[2 * i + 1] as number;
    const lowChange = low ^ previousLow;
    const highChange = high ^ previousHigh;
    previousLow = low;
    previousHigh = high;
    for (let plane = 0; plane < 4; plane++) {
      bytes[start + plane * length + i] = lowChange >>> (plane * 8);
      bytes[start + (plane + 4) * length + i] = highChange >>> (plane * 8);
    }
  }
  out.length = start + WIDTH * length;
}

export function readXor(input: ByteReader, values: Float64Array, length: number): void {
  const bytes = input.take(WIDTH * length);
  const words = new Uint32Array(values.buffer, values.byteOffset, length * 2);
  let low = 0;
  let high = 0;
  for (let i = 0; i < length; i++) {
    let lowChange = 0;
    let highChange = 0;
    for (let plane = 0; plane < 4; plane++) {
      lowChange |= (bytes[plane * length + i] as number) << (plane * 8);
      highChange |= (bytes[(plane + 4) * length + i] as number) << (plane * 8);
    }
    low ^= lowChange;
    high ^= highChange;
    words[2 * i] = low;
    words[2 * i + 1] = high;
  }
}
