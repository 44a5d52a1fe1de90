import { CodecError, type ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';
import { fromScaled, toScaled } from './decimal';
import { readPlanes, writePlanes } from './planes';
import { readXor, writeXor } from './xor';

/** The encoding of a column; the lowest four bits of its first byte. */
const CONSTANT_DECIMAL = 0;
const CONSTANT_FLOAT = 1;
/** Scaled whole numbers as distances from the smallest, as differences, or as differences of differences. */
const OFFSETS = 2;
const DELTAS = 3;
const DELTAS_OF_DELTAS = 4;
const XOR = 5;
/** Set when some rows have no value: one bit per row follows, 1 where there is a value. */
const SPARSE = 0x10;
const KIND_MASK = 0x0f;

let present = new Float64Array(1_024);
let scaled = new Float64Array(1_024);
let coded = new Float64Array(1_024);

function makeRoom(length: number): void {
  if (present.length >= length) return;
  present = new Float64Array(length * 2);
  scaled = new Float64Array(length * 2);
  coded = new Float64Array(length * 2);
}

/**
 * Writes one column in the form that should be smallest or, with `quickly`, in one that usually is. NaN means no
 * value; returns the number of values.
 */
export function writeColumn(out: ByteWriter, values: Float64Array, quickly = false): number {
  const rows = values.length;
  makeRoom(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    const value = values[i] as number;
    present[count] = value;
    if (value === value) count++;
  }
  const sparse = count < rows ? SPARSE : 0;
  if (count === 0) {
    out.byte(CONSTANT_DECIMAL | SPARSE);
    writePresence(out, values);
    out.byte(0);
    out.byte(0);
    return 0;
  }
  if (isConstant(count)) {
    writeConstant(out, values, sparse);
    return count;
  }
  const exponent = toScaled(present, count, scaled);
  if (exponent < 0) {
    out.byte(XOR | sparse);
    if (sparse) writePresence(out, values);
    writeXor(out, present, count);
    return count;
  }
  const kind = quickly ? DELTAS : cheapestKind(count);
  out.byte(kind | sparse);
  if (sparse) writePresence(out, values);
  out.byte(exponent);
  if (quickly) writeDeltasQuickly(out, count);
  else if (kind === OFFSETS) writeOffsets(out, count);
  else writeDeltas(out, count, kind);
  return count;
}

/** More rows than any block has, so that damaged bytes cannot request unlimited memory. */
const MAX_ROWS = 2 ** 22;

/** Reads a column of `rows` rows; absent values become NaN. */
export function readColumn(input: ByteReader, rows: number): Float64Array<ArrayBuffer> {
  if (rows > MAX_ROWS) throw new CodecError('A column asks for too much memory.');
  const head = input.byte();
  const presence = head & SPARSE ? input.take((rows + 7) >>> 3) : null;
  const count = presence ? countBits(presence) : rows;
  if (count > rows) throw new CodecError('A column has more values than rows.');
  const values = new Float64Array(rows);
  readValues(input, head & KIND_MASK, values, count);
  if (presence) spread(values, presence, count);
  return values;
}

function readValues(input: ByteReader, kind: number, values: Float64Array, count: number): void {
  switch (kind) {
    case CONSTANT_DECIMAL: {
      const exponent = input.byte();
      values[0] = input.zigzag();
      fromScaled(values, 1, exponent);
      values.fill(values[0] ?? 0, 0, count);
      return;
    }
    case CONSTANT_FLOAT:
      values.fill(input.float64(), 0, count);
      return;
    case XOR:
      readXor(input, values, count);
      return;
    case OFFSETS:
    case DELTAS:
    case DELTAS_OF_DELTAS: {
      const exponent = input.byte();
      if (kind === OFFSETS) readOffsets(input, values, count);
      else readDeltas(input, values, count, kind);
      fromScaled(values, count, exponent);
      return;
    }
    default:
      throw new CodecError('A column has an unknown encoding.');
  }
}

function isConstant(count: number): boolean {
  const first = present[0] as number;
  for (let i = 1; i < count; i++) if (present[i] !== first) return false;
  // 0 and -0 compare equal but have different bits.
  if (first !== 0) return true;
  for (let i = 1; i < count; i++) if (!Object.is(present[i], first)) return false;
  return true;
}

function writeConstant(out: ByteWriter, values: Float64Array, sparse: number): void {
  const exponent = toScaled(present, 1, scaled);
  out.byte((exponent < 0 ? CONSTANT_FLOAT : CONSTANT_DECIMAL) | sparse);
  if (sparse) writePresence(out, values);
  if (exponent < 0) out.float64(present[0] as number);
  else {
    out.byte(exponent);
    out.zigzag(scaled[0] as number);
  }
}

/** Estimates the cost of each form from the bits of its numbers. */
function cheapestKind(count: number): number {
  let min = scaled[0] as number;
  let previous = min;
  let previousDelta = 0;
  let deltaBits = 0;
  let secondBits = 0;
  for (let i = 1; i < count; i++) {
    const value = scaled[i] as number;
    const delta = value - previous;
    deltaBits += bitsOf(delta);
    secondBits += bitsOf(delta - previousDelta);
    previous = value;
    previousDelta = delta;
    if (value < min) min = value;
  }
  const cheaper = Math.min(deltaBits, secondBits);
  let offsetBits = 0;
  for (let i = 0; i < count && offsetBits < cheaper; i++) offsetBits += bitsOf((scaled[i] as number) - min);
  if (offsetBits < cheaper) return OFFSETS;
  return secondBits < deltaBits ? DELTAS_OF_DELTAS : DELTAS;
}

function bitsOf(value: number): number {
  const size = value < 0 ? -value : value;
  return size < 4_294_967_296 ? 33 - Math.clz32(size) : 65 - Math.clz32(size / 4_294_967_296);
}

function writeOffsets(out: ByteWriter, count: number): void {
  let min = scaled[0] as number;
  for (let i = 1; i < count; i++) {
    const value = scaled[i] as number;
    if (value < min) min = value;
  }
  for (let i = 0; i < count; i++) coded[i] = (scaled[i] as number) - min;
  const divisor = commonDivisor(0, count);
  out.zigzag(min);
  out.varint(divisor);
  if (divisor > 1) for (let i = 0; i < count; i++) coded[i] = (coded[i] as number) / divisor;
  writePlanes(out, coded, 0, count);
}

function readOffsets(input: ByteReader, values: Float64Array, count: number): void {
  const min = input.zigzag();
  const divisor = input.varint();
  readPlanes(input, values, 0, count);
  for (let i = 0; i < count; i++) values[i] = (values[i] as number) * divisor + min;
}

function writeDeltas(out: ByteWriter, count: number, kind: number): void {
  const first = scaled[0] as number;
  for (let i = count - 1; i > 0; i--) coded[i] = (scaled[i] as number) - (scaled[i - 1] as number);
  const divisor = commonDivisor(1, count);
  if (divisor > 1) for (let i = 1; i < count; i++) coded[i] = (coded[i] as number) / divisor;
  out.zigzag(first);
  out.varint(divisor);
  let from = 1;
  if (kind === DELTAS_OF_DELTAS) {
    out.zigzag(coded[1] as number);
    for (let i = count - 1; i > 1; i--) coded[i] = (coded[i] as number) - (coded[i - 1] as number);
    from = 2;
  }
  for (let i = from; i < count; i++) coded[i] = zigzag(coded[i] as number);
  writePlanes(out, coded, from, count);
}

/** Writes as `DELTAS`, without looking for a divisor. */
function writeDeltasQuickly(out: ByteWriter, count: number): void {
  const first = scaled[0] as number;
  let previous = first;
  for (let i = 1; i < count; i++) {
    const value = scaled[i] as number;
    coded[i] = zigzag(value - previous);
    previous = value;
  }
  out.zigzag(first);
  out.varint(1);
  writePlanes(out, coded, 1, count);
}

function readDeltas(input: ByteReader, values: Float64Array, count: number, kind: number): void {
  if (count < 2) throw new CodecError('A column of differences has one value.');
  const first = input.zigzag();
  const divisor = input.varint();
  let sum = first;
  values[0] = first;
  if (kind === DELTAS) {
    readPlanes(input, values, 1, count);
    for (let i = 1; i < count; i++) {
      sum += unzigzag(values[i] as number) * divisor;
      values[i] = sum;
    }
    return;
  }
  let delta = input.zigzag();
  readPlanes(input, values, 2, count);
  sum += delta * divisor;
  values[1] = sum;
  for (let i = 2; i < count; i++) {
    delta += unzigzag(values[i] as number);
    sum += delta * divisor;
    values[i] = sum;
  }
}

/** Branch-free for values that fit 32 bits: where the sign changes often, a branch costs more than the rest. */
function zigzag(value: number): number {
  const low = value | 0;
  if (low === value) return ((low << 1) ^ (low >> 31)) >>> 0;
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  if (value <= MAX_INT) return (value >>> 1) ^ -(value & 1);
  // The remainder of a double is several times slower.
  const half = Math.floor(value / 2);
  return half * 2 === value ? half : -half - 1;
}

/**
 * The greatest common divisor of `coded[from..count)`: sizes in bytes come in whole pages, and times in whole steps.
 */
function commonDivisor(from: number, count: number): number {
  let divisor = 0;
  for (let i = from; i < count; i++) {
    const size = Math.abs(coded[i] as number);
    if (size === 0) continue;
    divisor = size <= MAX_INT && divisor <= MAX_INT ? intDivisor(divisor, size) : floatDivisor(divisor, size);
    if (divisor === 1) return 1;
  }
  return divisor === 0 ? 1 : divisor;
}

const MAX_INT = 2_147_483_647;

/** Euclid's algorithm; with 32-bit integers the remainder is several times faster. */
function intDivisor(one: number, other: number): number {
  let a = other | 0;
  let b = one | 0;
  while (b !== 0) {
    const rest = (a % b) | 0;
    a = b;
    b = rest;
  }
  return a;
}

function floatDivisor(one: number, other: number): number {
  let a = other;
  let b = one;
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

function writePresence(out: ByteWriter, values: Float64Array): void {
  const length = (values.length + 7) >>> 3;
  out.reserve(length);
  const start = out.length;
  out.bytes.fill(0, start, start + length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value === value) {
      const at = start + (i >>> 3);
      out.bytes[at] = (out.bytes[at] as number) | (1 << (i & 7));
    }
  }
  out.length += length;
}

function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (let byte of bytes) for (; byte !== 0; byte &= byte - 1) count++;
  return count;
}

/** Moves the `count` values at the front to the rows that have a value, from back to front. */
function spread(values: Float64Array, presence: Uint8Array, count: number): void {
  let from = count - 1;
  for (let row = values.length - 1; row >= 0; row--) {
    const isPresent = ((presence[row >>> 3] as number) >>> (row & 7)) & 1;
    values[row] = isPresent ? (values[from--] as number) : Number.NaN;
  }
}
