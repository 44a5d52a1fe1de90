import * as v from 'valibot';
import { seriesDeclarationSchema, type SeriesDeclaration } from '@shared/protocol/agent-messages';
import { crc32 } from './crc32';
import { FRAME_HEAD_BYTES } from './frame';

/**
 * The kinds of frame in a segment, given by the first byte:
 *
 * - `header`, JSON: format, stream and the `seq` of the first row; rows count up from there.
 * - `schema`, JSON: the series to which the values of the following rows belong, and its number in this file.
 * - `row`: `u8 flags, f64 t, u32 width, u16 index, u8 schema`, one bit for each value that differs from the previous row,
 *   then those values as f64. NaN means no value. A whole row, such as the first after a schema, is compared with a row
 *   of NaN. `index` counts the rows of the file, so rows behind damage keep their `seq`; `schema` is the last byte
 *   of the schema's number.
 * - `settle`: `f64 offset`, added to the times of all earlier rows that are not settled, and settles them.
 * - `shift`: the same, but they are not settled yet.
 * - `seal`: {@link SegmentSummary} with its own checksum. It is read from the end, so the whole file need not be read.
 *
 * Format 1, of earlier agents, has rows without index and schema, and each frame's checksum continues from the one before.
 * It is read up to the first damage, and never written.
 */
export const KIND = { header: 1, schema: 2, row: 3, settle: 4, seal: 5, shift: 6 } as const;

export const FORMAT = 2;
export const CHAINED_FORMAT = 1;
export const ROW_SETTLED = 1;
export const ROW_WHOLE = 2;

const headerSchema = v.object({
  format: v.number(),
  stream: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._:-]{1,64}$/)),
  firstSeq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});
export type SegmentHeader = v.InferOutput<typeof headerSchema>;

const schemaRecord = v.object({
  series: v.array(seriesDeclarationSchema),
  number: v.optional(v.number(), 0),
});

/** What is known about a segment's rows without reading them. */
export interface SegmentSummary {
  rows: number;
  /** Rows among them that are known to be damaged, and were reported. */
  gaps: number;
  /** Number of values that are not null. */
  samples: number;
  /** The earliest and the latest time, ms. */
  from: number;
  to: number;
  /** Whether all times are settled. */
  settled: boolean;
}

export const EMPTY_SUMMARY: SegmentSummary = {
  rows: 0,
  gaps: 0,
  samples: 0,
  from: Infinity,
  to: -Infinity,
  settled: true,
};

export function parseHeader(payload: Buffer): SegmentHeader | null {
  return parseJsonRecord(payload, KIND.header, headerSchema);
}

export function parseSeries(
  payload: Buffer,
): { series: readonly SeriesDeclaration[]; number: number } | null {
  return parseJsonRecord(payload, KIND.schema, schemaRecord);
}

function parseJsonRecord<T>(payload: Buffer, kind: number, schema: v.GenericSchema<unknown, T>): T | null {
  if (payload[0] !== kind) return null;
  try {
    const parsed = v.safeParse(schema, JSON.parse(payload.toString('utf8', 1)));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/** A frame with a JSON payload, not finished yet. */
export function jsonFrame(kind: number, text: string): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + 1 + Buffer.byteLength(text));
  frame[FRAME_HEAD_BYTES] = kind;
  frame.write(text, FRAME_HEAD_BYTES + 1);
  return frame;
}

const SEAL_BYTES = 1 + 8 + 4 + 8 + 8 + 8 + 1 + 4 + 4;
/** Format 1 has no gaps. */
const CHAINED_SEAL_BYTES = SEAL_BYTES - 4;
export const SEAL_FRAME_BYTES = FRAME_HEAD_BYTES + SEAL_BYTES;

/** A seal, not finished yet. `at`: where in the file it will be; `headerCrc`: the checksum of the header's frame. */
export function sealFrame(summary: SegmentSummary, at: number, headerCrc: number): Buffer {
  const frame = Buffer.allocUnsafe(SEAL_FRAME_BYTES);
  const payload = frame.subarray(FRAME_HEAD_BYTES);
  payload[0] = KIND.seal;
  payload.writeDoubleLE(at, 1);
  payload.writeUInt32LE(summary.rows, 9);
  payload.writeDoubleLE(summary.samples, 13);
  payload.writeDoubleLE(summary.from, 21);
  payload.writeDoubleLE(summary.to, 29);
  payload[37] = summary.settled ? 1 : 0;
  payload.writeUInt32LE(summary.gaps, 38);
  payload.writeUInt32LE(crc32(payload.subarray(0, 42), headerCrc), 42);
  return frame;
}

/** The seal that a file ends with, from its last bytes; null when it does not end with one. */
export function parseSeal(
  tail: Buffer,
  fileBytes: number,
  headerCrc: number,
  format = FORMAT,
): SegmentSummary | null {
  const sealBytes = format === FORMAT ? SEAL_BYTES : CHAINED_SEAL_BYTES;
  const frameBytes = FRAME_HEAD_BYTES + sealBytes;
  const sumAt = sealBytes - 4;
  if (tail.length < frameBytes) return null;
  const frame = tail.subarray(tail.length - frameBytes);
  const payload = frame.subarray(FRAME_HEAD_BYTES);
  const isSeal =
    payload[0] === KIND.seal &&
    frame.readUInt32LE(0) === sealBytes &&
    payload.readDoubleLE(1) === fileBytes - frameBytes &&
    payload.readUInt32LE(sumAt) === crc32(payload.subarray(0, sumAt), headerCrc);
  if (!isSeal) return null;
  return {
    rows: payload.readUInt32LE(9),
    gaps: format === FORMAT ? payload.readUInt32LE(38) : 0,
    samples: payload.readDoubleLE(13),
    from: payload.readDoubleLE(21),
    to: payload.readDoubleLE(29),
    settled: payload[37] === 1,
  };
}
