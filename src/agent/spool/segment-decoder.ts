import { moveRows, type QueuedRow } from '../queue';
import type { Schema } from '../schema';
import { crc32 } from './crc32';
import { FRAME_HEAD_BYTES, readFrame, seedAt, type Frame } from './frame';
import {
  CHAINED_FORMAT,
  EMPTY_SUMMARY,
  FORMAT,
  KIND,
  parseHeader,
  parseSeries,
  ROW_SETTLED,
  ROW_WHOLE,
  type SegmentHeader,
  type SegmentSummary,
} from './segment-format';

/** The intact rows of a segment. */
export interface DecodedSegment {
  header: SegmentHeader;
  headerCrc: number;
  rows: QueuedRow[];
  /** Of the intact rows; `rows` reaches to the last of them. */
  summary: SegmentSummary;
  /** Where the last intact frame ends; what follows is of no use. */
  bytes: number;
  sealed: boolean;
  /** Values that were in rows and can no longer be read. */
  lostSamples: number;
  /** Whether frames in it are damaged, as opposed to one at the end that was never completely written. */
  isDamaged: boolean;
}

/** Returns the one {@link Schema} object for a list of series, so that equal schemas can be compared by identity. */
export type InternSchema = (text: string, make: () => Schema | null) => Schema | null;

/** Frames longer than this are not searched for behind damage; ordinary ones are much shorter. */
const MAX_SEARCHED_BYTES = 256 * 1024;

/** Reads the start of a segment of any format; null when it is not a segment, or damaged. */
export function decodeHeader(file: Buffer): { header: SegmentHeader; headerCrc: number; end: number } | null {
  const frame = readFrame(file, 0, 0);
  const header = frame && parseHeader(frame.payload);
  return header ? { header, headerCrc: frame.crc, end: frame.end } : null;
}

/**
 * A segment whose first frame is damaged: what its checksum should be is known from the frame behind it. Its rows get a
 * stream of their own. If the hub has some of them already, it stores the same values again.
 */
function decodeDamagedHeader(
  file: Buffer,
  ownStream: string,
): { header: SegmentHeader; headerCrc: number; end: number } | null {
  if (file.length < FRAME_HEAD_BYTES) return null;
  const stored = file.readUInt32LE(4);
  const length = file.readUInt32LE(0);
  const declared = FRAME_HEAD_BYTES + length;
  const bases = [stored];
  if (declared < file.length)
    bases.push(crc32(file.subarray(FRAME_HEAD_BYTES, declared), crc32(file.subarray(0, 4))));
  for (const base of bases) {
    const next = nextFrame(file, FRAME_HEAD_BYTES, base);
    if (next)
      return { header: { format: FORMAT, stream: ownStream, firstSeq: 1 }, headerCrc: base, end: next.start };
  }
  return null;
}

/**
 * Reads all rows whose frames are intact, and never a wrong one. A value that did not change since a damaged row is not
 * known. Null if the start is damaged beyond use. `ownStream` is the stream of rows that no longer know theirs.
 */
export function decodeSegment(file: Buffer, intern: InternSchema, ownStream?: string): DecodedSegment | null {
  const whole = decodeHeader(file);
  const start = whole ?? (ownStream === undefined ? null : decodeDamagedHeader(file, ownStream));
  if (!start || (start.header.format !== FORMAT && start.header.format !== CHAINED_FORMAT)) return null;
  const { header, headerCrc } = start;
  const isChained = header.format === CHAINED_FORMAT;
  const rows: QueuedRow[] = [];
  let [end, chain, sealed, isDamaged, lostSamples] = [start.end, headerCrc, false, whole === null, 0];
  let schema: Schema | null = null;
  let schemaNumber = 0;
  /** Null: not known, because a row was lost. */
  let before: Float64Array<ArrayBufferLike> | null = new Float64Array(0);
  let nextIndex = 0;
  let width = 0;
  for (let at = start.end; ;) {
    let frame: Frame | null = readFrame(file, at, isChained ? chain : seedAt(at, headerCrc));
    if (!frame && !isChained) {
      const found = nextFrame(file, at + 1, headerCrc);
      // If only its length is damaged, it reaches to the next frame, or to the end.
      frame = frameUpTo(file, at, found?.start ?? file.length, headerCrc);
      if (frame) isDamaged = true;
      else if (found) {
        frame = found;
        isDamaged = true;
        before = null;
      }
    }
    if (!frame) break;
    const { payload } = frame;
    const kind = payload[0];
    if (kind === KIND.schema) {
      const parsed = parseSeries(payload);
      schema =
        parsed &&
        intern(JSON.stringify({ series: parsed.series }), () => ({ version: 0, series: parsed.series }));
      schemaNumber = parsed?.number ?? 0;
      before = new Float64Array(0);
    } else if (kind === KIND.row) {
      const row = decodeRow(payload, before, isChained);
      if (!row) break;
      const index = row.index ?? nextIndex;
      lostSamples += (index - nextIndex) * width;
      nextIndex = index + 1;
      width = row.values.length;
      const isOfSchema: boolean = schema !== null && (isChained || row.schema === (schemaNumber & 0xff));
      if (!schema || !isOfSchema) {
        if (isChained) break;
        // Its schema is lost, and so are its values.
        lostSamples += width;
        before = null;
      } else {
        lostSamples += row.unknown;
        before = row.unknown === 0 ? row.values : null;
        rows.push({
          seq: header.firstSeq + index,
          schema,
          t: payload.readDoubleLE(2),
          settled: ((payload[1] ?? 0) & ROW_SETTLED) !== 0,
          values: Array.from(row.values, (value) => (Number.isNaN(value) ? null : value)),
        });
      }
    } else if ((kind === KIND.settle || kind === KIND.shift) && payload.length === 9) {
      moveRows(rows, payload.readDoubleLE(1), kind === KIND.settle);
    } else if (kind !== KIND.seal) break;
    sealed = kind === KIND.seal;
    chain = frame.crc;
    at = end = frame.end;
  }
  const tail = file.subarray(end);
  // A frame that is there in its whole length was written, and something else came back.
  if (!isChained && isWholeLength(tail)) {
    isDamaged = true;
    lostSamples += width;
  }
  return {
    header,
    headerCrc,
    rows,
    summary: summarise(rows, header.firstSeq),
    bytes: end,
    sealed,
    lostSamples,
    isDamaged,
  };
}

/** A rough count of what was in a file of which nothing can be verified any more: what look like rows. */
export function estimateLost(file: Buffer): { samples: number; from: number; to: number } {
  const lost = { samples: 0, from: Infinity, to: -Infinity };
  for (let at = 0; at + FRAME_HEAD_BYTES + 17 < file.length;) {
    const length = file.readUInt32LE(at);
    const width = file.readUInt32LE(at + FRAME_HEAD_BYTES + 10);
    const t = file.readDoubleLE(at + FRAME_HEAD_BYTES + 2);
    const isRow =
      file[at + FRAME_HEAD_BYTES] === KIND.row &&
      length >= 22 &&
      length <= 22 + width * 9 &&
      width <= 100_000;
    if (!isRow || !Number.isFinite(t)) {
      at++;
      continue;
    }
    lost.samples += width;
    lost.from = Math.min(lost.from, t);
    lost.to = Math.max(lost.to, t);
    at += FRAME_HEAD_BYTES + length;
  }
  return lost;
}

export function summarise(rows: readonly QueuedRow[], firstSeq: number): SegmentSummary {
  const span = (rows.at(-1)?.seq ?? firstSeq - 1) - firstSeq + 1;
  const summary = { ...EMPTY_SUMMARY, rows: span, gaps: span - rows.length };
  for (const { t, values, settled } of rows) {
    for (const value of values) if (value !== null) summary.samples++;
    summary.from = Math.min(summary.from, t);
    summary.to = Math.max(summary.to, t);
    summary.settled &&= settled;
  }
  return summary;
}

/** The first intact frame at `from` or behind it. */
function nextFrame(file: Buffer, from: number, headerCrc: number): (Frame & { start: number }) | null {
  for (let start = from; start + FRAME_HEAD_BYTES < file.length; start++) {
    const kind = file[start + FRAME_HEAD_BYTES] ?? 0;
    if (kind < KIND.schema || kind > KIND.seal || file.readUInt32LE(start) > MAX_SEARCHED_BYTES) continue;
    const frame = readFrame(file, start, seedAt(start, headerCrc));
    if (frame) return { ...frame, start };
  }
  return null;
}

/** The frame from `start` to `end`, whatever its length says. */
function frameUpTo(file: Buffer, start: number, end: number, headerCrc: number): Frame | null {
  const payload = file.subarray(start + FRAME_HEAD_BYTES, end);
  if (payload.length === 0) return null;
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(payload.length, 0);
  const crc = file.readUInt32LE(start + 4);
  return crc32(payload, crc32(length, seedAt(start, headerCrc))) === crc ? { payload, end, crc } : null;
}

function isWholeLength(tail: Buffer): boolean {
  if (tail.length <= FRAME_HEAD_BYTES) return false;
  const length = tail.readUInt32LE(0);
  return length > 0 && (length + FRAME_HEAD_BYTES <= tail.length || length > MAX_SEARCHED_BYTES);
}

interface DecodedRow {
  values: Float64Array;
  /** Null in format 1, which has neither. */
  index: number | null;
  schema: number | null;
  /** How many values are those of a row before that is lost. */
  unknown: number;
}

function decodeRow(payload: Buffer, before: Float64Array | null, isChained: boolean): DecodedRow | null {
  const bitsAt = isChained ? 14 : 17;
  if (payload.length < bitsAt) return null;
  const width = payload.readUInt32LE(10);
  // No bit shift here: a damaged width may have more than 31 bits.
  let at = bitsAt + Math.ceil(width / 8);
  if (at > payload.length) return null;
  const isWhole = !isChained && ((payload[1] ?? 0) & ROW_WHOLE) !== 0;
  const base = !isWhole && before?.length === width ? before : null;
  const isLost = !isWhole && before === null;
  const values = new Float64Array(width);
  let unknown = 0;
  for (let i = 0; i < width; i++) {
    if (((payload[bitsAt + (i >> 3)] ?? 0) >> (i & 7)) & 1) {
      if (at + 8 > payload.length) return null;
      values[i] = payload.readDoubleLE(at);
      at += 8;
      continue;
    }
    values[i] = base?.[i] ?? Number.NaN;
    if (isLost) unknown++;
  }
  if (at !== payload.length) return null;
  return {
    values,
    index: isChained ? null : payload.readUInt16LE(14),
    schema: isChained ? null : (payload[16] ?? 0),
    unknown,
  };
}
