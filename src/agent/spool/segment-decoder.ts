import { settleRows, type QueuedRow } from '../queue';
import type { Schema } from '../schema';
import { readFrame } from './frame';
import {
  EMPTY_SUMMARY,
  FORMAT,
  KIND,
  parseHeader,
  parseSeries,
  ROW_SETTLED,
  type SegmentHeader,
  type SegmentSummary,
} from './segment-format';

/** The intact part of a segment. */
export interface DecodedSegment {
  header: SegmentHeader;
  headerCrc: number;
  rows: QueuedRow[];
  summary: SegmentSummary;
  /** Number of intact bytes; the rest is damaged. */
  bytes: number;
  chain: number;
  sealed: boolean;
}

/** Returns the one {@link Schema} object for a list of series, so that equal schemas can be compared by identity. */
export type InternSchema = (text: string, make: () => Schema | null) => Schema | null;

/** Reads the start of a segment of any format; null when it is not a segment. */
export function decodeHeader(file: Buffer): { header: SegmentHeader; headerCrc: number; end: number } | null {
  const frame = readFrame(file, 0, 0);
  const header = frame && parseHeader(frame.payload);
  return header ? { header, headerCrc: frame.crc, end: frame.end } : null;
}

/** Reads all rows up to the first damaged byte, and never a wrong one. Null if the header is damaged. */
export function decodeSegment(file: Buffer, intern: InternSchema): DecodedSegment | null {
  const start = decodeHeader(file);
  if (start?.header.format !== FORMAT) return null;
  const { header, headerCrc } = start;
  const rows: QueuedRow[] = [];
  let [end, chain, sealed] = [start.end, headerCrc, false];
  let schema: Schema | null = null;
  let before: Float64Array<ArrayBufferLike> = new Float64Array(0);
  for (;;) {
    const frame = readFrame(file, end, chain);
    if (!frame) break;
    const { payload } = frame;
    const kind = payload[0];
    if (kind === KIND.schema) {
      schema = intern(payload.toString('utf8', 1), () => {
        const series = parseSeries(payload);
        return series && { version: 0, series };
      });
      before = new Float64Array(0);
    } else if (kind === KIND.row) {
      const values = schema && decodeValues(payload, before);
      if (!schema || !values) break;
      before = values;
      rows.push({
        seq: header.firstSeq + rows.length,
        schema,
        t: payload.readDoubleLE(2),
        settled: payload[1] === ROW_SETTLED,
        values: Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
      });
    } else if (kind === KIND.settle && payload.length === 9) settleRows(rows, payload.readDoubleLE(1));
    else if (kind !== KIND.seal) break;
    sealed = kind === KIND.seal;
    ({ end, crc: chain } = frame);
  }
  return { header, headerCrc, rows, summary: summarise(rows), bytes: end, chain, sealed };
}

export function summarise(rows: readonly QueuedRow[]): SegmentSummary {
  const summary = { ...EMPTY_SUMMARY, rows: rows.length };
  for (const { t, values, settled } of rows) {
    for (const value of values) if (value !== null) summary.samples++;
    summary.from = Math.min(summary.from, t);
    summary.to = Math.max(summary.to, t);
    summary.settled &&= settled;
  }
  return summary;
}

function decodeValues(payload: Buffer, before: Float64Array): Float64Array | null {
  if (payload.length < 14) return null;
  const width = payload.readUInt32LE(10);
  // No bit shift here: a damaged width may have more than 31 bits.
  let at = 14 + Math.ceil(width / 8);
  if (at > payload.length) return null;
  const values = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    if (((payload[14 + (i >> 3)] ?? 0) >> (i & 7)) & 1) {
      if (at + 8 > payload.length) return null;
      values[i] = payload.readDoubleLE(at);
      at += 8;
    } else values[i] = before.length === width ? (before[i] ?? Number.NaN) : Number.NaN;
  }
  return at === payload.length ? values : null;
}
