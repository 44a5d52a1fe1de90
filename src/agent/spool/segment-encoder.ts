import type { Schema } from '../schema';
import { finishFrame, FRAME_HEAD_BYTES, seedAt } from './frame';
import {
  EMPTY_SUMMARY,
  FORMAT,
  jsonFrame,
  KIND,
  ROW_SETTLED,
  ROW_WHOLE,
  sealFrame,
  type SegmentSummary,
} from './segment-format';

/** A row in the form in which it is written. */
export interface SegmentRow {
  readonly t: number;
  readonly settled: boolean;
  readonly schema: Schema;
  readonly values: readonly (number | null)[];
}

const ROW_HEAD_BYTES = 1 + 1 + 8 + 4 + 2 + 1;
/** One in this many rows is whole, so that damage to a row affects few of those after it. */
const WHOLE_EVERY = 32;

/** Encodes one segment, frame by frame. Bytes count as written only after `written` is called. */
export class SegmentEncoder {
  readonly headerCrc: number;
  readonly header: Buffer;
  #summary: SegmentSummary = EMPTY_SUMMARY;
  #schemaNumber = 0;
  #bytes = 0;
  #schema: Schema | null = null;
  #before: Float64Array<ArrayBufferLike> = new Float64Array(0);
  #undo: (() => void) | null = null;

  constructor(stream: string, firstSeq: number) {
    this.header = jsonFrame(KIND.header, JSON.stringify({ format: FORMAT, stream, firstSeq }));
    this.headerCrc = finishFrame(this.header, 0);
    this.#bytes = this.header.length;
  }

  get summary(): SegmentSummary {
    return this.#summary;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The row, preceded by its schema if that has changed. */
  row(row: SegmentRow): Buffer {
    const { schema, values, t } = row;
    const width = values.length;
    const isNewSchema = this.#schema !== schema;
    const isWhole = isNewSchema || this.#before.length !== width || this.#summary.rows % WHOLE_EVERY === 0;
    const before = isWhole ? new Float64Array(width).fill(Number.NaN) : this.#before;
    const schemaNumber = this.#schemaNumber + (isNewSchema ? 1 : 0);
    const now = Float64Array.from(values, (value) => value ?? Number.NaN);
    const bitmapBytes = (width + 7) >> 3;
    const frame = Buffer.alloc(FRAME_HEAD_BYTES + ROW_HEAD_BYTES + bitmapBytes + width * 8);
    const payload = frame.subarray(FRAME_HEAD_BYTES);
    payload[0] = KIND.row;
    payload[1] = (row.settled ? ROW_SETTLED : 0) | (isWhole ? ROW_WHOLE : 0);
    payload.writeDoubleLE(t, 2);
    payload.writeUInt32LE(width, 10);
    payload.writeUInt16LE(this.#summary.rows, 14);
    payload[16] = schemaNumber & 0xff;
    let end = ROW_HEAD_BYTES + bitmapBytes;
    let samples = 0;
    for (let i = 0; i < width; i++) {
      const value = now[i] ?? Number.NaN;
      if (!Number.isNaN(value)) samples++;
      if (Object.is(value, before[i])) continue;
      const at = ROW_HEAD_BYTES + (i >> 3);
      payload[at] = (payload[at] ?? 0) | (1 << (i & 7));
      end = payload.writeDoubleLE(value, end);
    }
    const { rows, samples: sum, from, to, settled } = this.#summary;
    const parts: Buffer[] = [];
    if (isNewSchema) {
      parts.push(jsonFrame(KIND.schema, JSON.stringify({ series: schema.series, number: schemaNumber })));
    }
    parts.push(frame.subarray(0, FRAME_HEAD_BYTES + end));
    const bytes = this.#append(parts, {
      rows: rows + 1,
      gaps: 0,
      samples: sum + samples,
      from: Math.min(from, t),
      to: Math.max(to, t),
      settled: settled && row.settled,
    });
    this.#schema = schema;
    this.#schemaNumber = schemaNumber;
    this.#before = now;
    return bytes;
  }

  move(offsetMs: number, isFinal: boolean): Buffer {
    return this.#append([moveFrame(offsetMs, isFinal)], movedSummary(this.#summary, offsetMs, isFinal));
  }

  seal(): Buffer {
    return this.#append([sealFrame(this.#summary, this.#bytes, this.headerCrc)], this.#summary);
  }

  /** The last bytes could not be written: the next frame continues from the one before them. */
  undo(): void {
    this.#undo?.();
    this.#undo = null;
  }

  #append(frames: readonly Buffer[], summary: SegmentSummary): Buffer {
    const before = [this.#summary, this.#schemaNumber, this.#bytes, this.#schema, this.#before] as const;
    this.#undo = () => {
      [this.#summary, this.#schemaNumber, this.#bytes, this.#schema, this.#before] = before;
    };
    for (const frame of frames) {
      finishFrame(frame, seedAt(this.#bytes, this.headerCrc));
      this.#bytes += frame.length;
    }
    this.#summary = summary;
    const [only] = frames;
    return frames.length === 1 && only ? only : Buffer.concat(frames);
  }
}

/** A frame that moves rows and a new seal, to append to a sealed segment. */
export function resealed(
  summary: SegmentSummary,
  offsetMs: number,
  isFinal: boolean,
  end: { bytes: number; headerCrc: number },
): { bytes: Buffer; summary: SegmentSummary } {
  const moved = movedSummary(summary, offsetMs, isFinal);
  const first = moveFrame(offsetMs, isFinal);
  const second = sealFrame(moved, end.bytes + first.length, end.headerCrc);
  finishFrame(first, seedAt(end.bytes, end.headerCrc));
  finishFrame(second, seedAt(end.bytes + first.length, end.headerCrc));
  return { bytes: Buffer.concat([first, second]), summary: moved };
}

function moveFrame(offsetMs: number, isFinal: boolean): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + 9);
  frame[FRAME_HEAD_BYTES] = isFinal ? KIND.settle : KIND.shift;
  frame.writeDoubleLE(offsetMs, FRAME_HEAD_BYTES + 1);
  return frame;
}

/** Treats all rows as unsettled, which is accurate enough for a summary. */
function movedSummary(summary: SegmentSummary, offsetMs: number, isFinal: boolean): SegmentSummary {
  return {
    ...summary,
    from: Math.round(summary.from + offsetMs),
    to: Math.round(summary.to + offsetMs),
    settled: isFinal || summary.settled,
  };
}
