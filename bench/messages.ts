import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { formatSeriesKey } from '@shared/protocol/series-key';

/** The data that the load sends: values of a real host, second by second, as the protocol's own messages. */
export interface Recording {
  names: { name: string; labels: Record<string, string>; kind: 'gauge' | 'counter' }[];
  rows: number[][];
}

interface Header {
  series: Recording['names'];
}

/** Returns the first `width` series of the recording that have a value in every row, and those rows. */
export function readRecording(path: string, width: number): Recording {
  const [first = '', ...lines] = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n');
  const header = JSON.parse(first) as Header;
  const rows = lines.map((line) => JSON.parse(line) as (number | null)[]);
  const chosen: number[] = [];
  for (let column = 0; column < header.series.length && chosen.length < width; column++) {
    const isChanging = rows.some((row) => row[column + 1] !== rows[0]?.[column + 1]);
    if (isChanging && rows.every((row) => row[column + 1] !== null)) chosen.push(column);
  }
  return {
    names: chosen.flatMap((column) => header.series[column] ?? []),
    rows: rows.map((row) => chosen.map((column) => row[column + 1] ?? 0)),
  };
}

/** Sequence numbers have ten digits from the start, so that they can be patched in place. */
export const FIRST_SEQ = 1_000_000_000;

/**
 * A masked client text frame (RFC 6455 section 5.2, mask of zeros) whose sequence number and time are patched in place,
 * digit by digit, because the sender must cost far less than the server it measures.
 */
export class FrameTemplate {
  readonly bytes: Buffer;
  readonly #seqAt: number;
  readonly #timeAt: number;

  constructor(json: string, seqMark: string | null, timeMark: string) {
    const payload = Buffer.from(json);
    const header = Buffer.alloc(8);
    header[0] = 0x81;
    header[1] = 0x80 | 126;
    header.writeUInt16BE(payload.length, 2);
    this.bytes = Buffer.concat([header, payload]);
    this.#seqAt = seqMark === null ? -1 : this.bytes.indexOf(seqMark);
    this.#timeAt = this.bytes.indexOf(timeMark);
  }

  patch(target: Buffer, offset: number, seq: number, timeMs: number): void {
    if (this.#seqAt >= 0) putDigits(target, offset + this.#seqAt, seq, 10);
    putDigits(target, offset + this.#timeAt, timeMs, 13);
  }
}

function putDigits(target: Buffer, offset: number, value: number, digits: number): void {
  let rest = value;
  for (let i = digits - 1; i >= 0; i--) {
    target[offset + i] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

export function schemaMessage(recording: Recording): string {
  return JSON.stringify({ type: 'schema', version: 1, series: recording.names });
}

const SEQ_MARK = '9999999999';
const TIME_MARK = '8888888888888';

export function rowsTemplate(values: readonly number[]): FrameTemplate {
  const json = `{"type":"rows","seq":${SEQ_MARK},"schema":1,"rows":[[${TIME_MARK},${values.join()}]]}`;
  return new FrameTemplate(json, SEQ_MARK, TIME_MARK);
}

export function metricsTemplate(recording: Recording, values: readonly number[]): FrameTemplate {
  const entries = recording.names.map(
    ({ name, labels }, i) => `${JSON.stringify(formatSeriesKey(name, labels))}:${values[i]}`,
  );
  const json = `{"type":"metrics","ts":${TIME_MARK},"values":{${entries.join()}}}`;
  return new FrameTemplate(json, null, TIME_MARK);
}
