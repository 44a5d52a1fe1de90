import type { FeedBlock, FeedFrame } from '../hub-api';
import { fail, succeed, type Result } from '../errors';

/**
 * Feed frames as binary, little-endian, every column 8-byte aligned so that a reader can view them in place:
 *
 *     0  u8   version (1)
 *     1  u8   kind: 0 snapshot, 1 append
 *     2  u16  number of blocks
 *     4  u32  feed id
 *     8  f64  hub time, ms
 *    16  u8   length of the boot id, then the boot id in ASCII; padded to 8
 *   then per block:
 *        u32  series count n, u32 row count m, n × u32 series ids, padded to 8, m × f64 t, n·m × f64 v
 */
const VERSION = 1;

const align8 = (offset: number): number => (offset + 7) & ~7;

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

export function encodeFeedFrame(id: number, frame: FeedFrame): Uint8Array<ArrayBuffer> {
  let size = align8(17 + frame.bootId.length);
  for (const block of frame.blocks) {
    size = align8(size + 8 + block.series.length * 4) + (block.t.length + block.v.length) * 8;
  }
  const buffer = new ArrayBuffer(size);
  const view = new DataView(buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, frame.kind === 'snapshot' ? 0 : 1);
  view.setUint16(2, frame.blocks.length, true);
  view.setUint32(4, id, true);
  view.setFloat64(8, frame.hubTime, true);
  view.setUint8(16, frame.bootId.length);
  for (let i = 0; i < frame.bootId.length; i++) view.setUint8(17 + i, frame.bootId.charCodeAt(i));
  let offset = align8(17 + frame.bootId.length);
  for (const block of frame.blocks) {
    view.setUint32(offset, block.series.length, true);
    view.setUint32(offset + 4, block.t.length, true);
    offset += 8;
    for (const series of block.series) {
      view.setUint32(offset, series, true);
      offset += 4;
    }
    offset = align8(offset);
    offset = putFloats(buffer, offset, block.t);
    offset = putFloats(buffer, offset, block.v);
  }
  return new Uint8Array(buffer);
}

function putFloats(buffer: ArrayBuffer, offset: number, values: Float64Array): number {
  if (littleEndian) new Float64Array(buffer, offset, values.length).set(values);
  else {
    const view = new DataView(buffer);
    values.forEach((value, i) => view.setFloat64(offset + i * 8, value, true));
  }
  return offset + values.length * 8;
}

/**
 * Reads what {@link encodeFeedFrame} wrote. Where the platform allows, the columns are views on `buffer`. Fails with
 * `BAD_FEED_FRAME`.
 */
export function decodeFeedFrame(buffer: ArrayBuffer): Result<{ id: number; frame: FeedFrame }> {
  const bad = (what: string) => fail('BAD_FEED_FRAME', `The hub sent a feed frame that ${what}.`);
  if (buffer.byteLength < 17) return bad('is cut short');
  const view = new DataView(buffer);
  if (view.getUint8(0) !== VERSION) return bad('has a version this UI does not know');
  const id = view.getUint32(4, true);
  const hubTime = view.getFloat64(8, true);
  const bootIdLength = view.getUint8(16);
  let offset = align8(17 + bootIdLength);
  if (offset > buffer.byteLength) return bad('is cut short');
  let bootId = '';
  for (let i = 0; i < bootIdLength; i++) bootId += String.fromCharCode(view.getUint8(17 + i));
  const blocks: FeedBlock[] = [];
  for (let left = view.getUint16(2, true); left > 0; left--) {
    if (offset + 8 > buffer.byteLength) return bad('is cut short');
    const n = view.getUint32(offset, true);
    const m = view.getUint32(offset + 4, true);
    offset += 8;
    // Checked before n and m are multiplied, so that the result cannot exceed 32 bits.
    if (n * 4 > buffer.byteLength || m * 8 > buffer.byteLength) return bad('is cut short');
    const columns = align8(offset + n * 4);
    const end = columns + (m + n * m) * 8;
    if (end > buffer.byteLength) return bad('is cut short');
    const series = new Uint32Array(n);
    for (let i = 0; i < n; i++) series[i] = view.getUint32(offset + i * 4, true);
    const t = takeFloats(buffer, columns, m);
    const v = takeFloats(buffer, columns + m * 8, n * m);
    blocks.push({ series, t, v });
    offset = end;
  }
  return succeed({
    id,
    frame: { bootId, hubTime, kind: view.getUint8(1) === 0 ? 'snapshot' : 'append', blocks },
  });
}

function takeFloats(buffer: ArrayBuffer, offset: number, length: number): Float64Array {
  if (littleEndian) return new Float64Array(buffer, offset, length);
  const view = new DataView(buffer);
  return Float64Array.from({ length }, (_, i) => view.getFloat64(offset + i * 8, true));
}
