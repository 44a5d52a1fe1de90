import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { decodeFeedFrame, encodeFeedFrame } from '@shared/bridge/feed-codec';
import { displayText } from '@shared/display-text';
import { flatten } from '../src/main/hub/ingest/dialects/flatten';
import { isRecord, parseAgentMessage, parseHubMessage, parseJson } from '@shared/protocol/parse';
import { formatSeriesKey, parseSeriesKey } from '@shared/protocol/series-key';
import { decodeSegment } from '../src/agent/spool/segment-decoder';
import { finishFrame, FRAME_HEAD_BYTES } from '../src/agent/spool/frame';
import { SegmentEncoder } from '../src/agent/spool/segment-encoder';
import { parseImportLine } from '../src/main/hub/export/import-line';
import { flatRows } from '../src/main/hub/ingest/flat-rows';
import { dialectOf } from '../src/main/hub/ingest/dialects';
import type { Dialect } from '../src/main/hub/ingest/dialects/dialect';
import { lineProtocol } from '../src/main/hub/ingest/dialects/line-protocol';
import { RowsReader } from '../src/main/hub/ingest/rows-reader';
import { hostName } from '../src/main/hub/port/host-policy';
import { FrameMeter } from '../src/main/hub/sessions/frame-meter';
import { parseTarget } from '../src/main/hub/port/request-target';
import { BlockReader, encodeBlock } from '../src/main/hub/store/codec/block';
import { ByteReader, CodecError } from '../src/main/hub/store/codec/byte-reader';
import { readColumn } from '../src/main/hub/store/codec/column';
import { parseTimeRange } from '../src/main/web/api/time-range';
import { readCookies } from '../src/main/web/cookies';
import { nearlyBytes, nearlyText } from './fuzz-mutations';
import { AGENT_MESSAGES, HUB_MESSAGES, LINES, SIMPLE_MESSAGES } from './fuzz-samples';

/** One parser, and the property that must hold for any input. */
export interface FuzzTarget {
  name: string;
  property: fc.IProperty<unknown>;
}

function target<T>(name: string, input: fc.Arbitrary<T>, check: (input: T) => void): FuzzTarget {
  return { name, property: fc.property(input, check) as fc.IProperty<unknown> };
}

function insist(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(what);
}

/** Runs `read`, which may only throw the error for damaged bytes. */
function damaged(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
  }
}

const block = encodeBlock({
  t: Float64Array.from({ length: 60 }, (_, i) => 1_760_000_000_000 + i * 1_000),
  columns: [
    { id: 1, v: Float64Array.from({ length: 60 }, (_, i) => i / 10) },
    { id: 5, v: Float64Array.from({ length: 60 }, () => 7) },
    { id: 9, v: Float64Array.from({ length: 60 }, (_, i) => Math.sin(i)) },
    { id: 90, v: Float64Array.from({ length: 60 }, (_, i) => (i % 7 === 0 ? Number.NaN : i * 1e9)) },
  ],
}).bytes;

/** Adds a valid checksum, so that the code behind the check is reached. */
function withChecksum(bytes: Uint8Array): Uint8Array {
  if (bytes.length > 4)
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, crc32(bytes.subarray(4)), true);
  return bytes;
}

const feedFrame = encodeFeedFrame(3, {
  kind: 'append',
  bootId: '5f0c1d9e-0000-4000-8000-1234567890ab',
  hubTime: 1_760_000_000_000,
  blocks: [
    { series: Uint32Array.of(1, 2, 3), t: Float64Array.of(1, 2), v: Float64Array.of(1, 2, 3, 4, 5, 6) },
    { series: Uint32Array.of(9), t: Float64Array.of(1), v: Float64Array.of(Number.NaN) },
  ],
});

const schema = { version: 1, series: [{ name: 'a' }, { name: 'b', labels: { x: 'y' } }] };
const encoder = new SegmentEncoder('stream', 7);
const segment = Buffer.concat([
  encoder.header,
  ...Array.from({ length: 20 }, (_, i) =>
    encoder.row({
      t: 1_760_000_000_000 + i,
      settled: i % 3 === 0,
      schema,
      values: [i, i % 4 === 0 ? null : i / 3],
    }),
  ),
  encoder.seal(),
]);

/** Creates a segment of frames with any contents but valid checksums. */
function framed(payloads: readonly Uint8Array[]): Buffer {
  let chain = 0;
  return Buffer.concat(
    payloads.map((payload) => {
      const frame = Buffer.concat([Buffer.alloc(FRAME_HEAD_BYTES), payload]);
      chain = finishFrame(frame, chain);
      return frame;
    }),
  );
}

const payloads: Buffer[] = [];
for (let at = 0; at < segment.length;) {
  const end = at + FRAME_HEAD_BYTES + segment.readUInt32LE(at);
  payloads.push(segment.subarray(at + FRAME_HEAD_BYTES, end));
  at = end;
}

const rowsReader = new RowsReader();
const isRows = (text: string): boolean => text.includes('"rows"');

export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  target('agent messages', nearlyText(...AGENT_MESSAGES), (text) => {
    const json = parseJson(text);
    if (!json.ok) return;
    const parsed = parseAgentMessage(json.value);
    if (!parsed.ok || parsed.value.type !== 'rows') return;
    for (const row of parsed.value.rows) {
      insist(
        row.length > 0 && row.every((cell) => cell === null || Number.isFinite(cell)),
        'a cell is no number',
      );
    }
  }),
  target('rows read from their bytes', nearlyText(...AGENT_MESSAGES.filter(isRows)), (text) => {
    if (!rowsReader.read(Buffer.from(text))) return;
    const json = parseJson(text);
    const parsed = json.ok ? parseAgentMessage(json.value) : json;
    if (!parsed.ok || parsed.value.type !== 'rows') throw new Error('the general parser would not take it');
    const { seq, schema, stream, rows, cells, ends } = flatRows(parsed.value);
    insist(
      rowsReader.seq === seq && rowsReader.schema === schema && rowsReader.stream === stream,
      'it is read as another message',
    );
    insist(rowsReader.rows === rows, 'it has another number of rows');
    insist(
      ends.every((end, r) => rowsReader.ends[r] === end),
      'its rows end elsewhere',
    );
    insist(
      cells.every((cell, i) => Object.is(rowsReader.cells[i], cell)),
      'a cell is another number',
    );
  }),
  target('agent messages of any JSON', fc.anything({ withNullPrototype: true }), (value) => {
    parseAgentMessage(value);
  }),
  target('hub messages', nearlyText(...HUB_MESSAGES), (text) => {
    parseHubMessage(text);
  }),
  target('values of simple devices', fc.oneof(nearlyText(...SIMPLE_MESSAGES), fc.json()), (text) => {
    const json = parseJson(text);
    if (!json.ok || !isRecord(json.value)) return;
    const values = Object.values(flatten(json.value, 100).values);
    insist(values.length <= 100, 'there are more values than may be');
    insist(
      values.every((value) => value === null || typeof value === 'boolean' || Number.isFinite(value)),
      'a value is no number',
    );
  }),
  target('series keys', nearlyText('net{iface=eth0}', 'a{b="c\\"d",e=f}', 'plain.name'), (key) => {
    const parsed = parseSeriesKey(key);
    if (!parsed.ok) return;
    const again = parseSeriesKey(formatSeriesKey(parsed.value.name, parsed.value.labels));
    if (parsed.value.name.includes('{')) return;
    insist(again.ok, 'a key that was written cannot be read');
    if (again.ok) {
      insist(
        formatSeriesKey(again.value.name, again.value.labels) ===
          formatSeriesKey(parsed.value.name, parsed.value.labels),
        'a key means something else when it is read again',
      );
    }
  }),
  target('line protocol', nearlyText(...LINES), (text) => {
    readSafely(lineProtocol, text);
  }),
  target('any text of a device', fc.oneof(nearlyText(...SIMPLE_MESSAGES, ...LINES), fc.string()), (text) => {
    readSafely(dialectOf(text), text);
  }),
  target('blocks of history', nearlyBytes(block), (bytes) => damaged(() => new BlockReader(bytes).all())),
  target('blocks of history, checksum right', nearlyBytes(block), (bytes) =>
    damaged(() => new BlockReader(withChecksum(bytes)).all()),
  ),
  target('columns of history', fc.tuple(nearlyBytes(block.slice(16)), fc.nat(500)), ([bytes, rows]) =>
    damaged(() => readColumn(new ByteReader(bytes), rows)),
  ),
  target('feed frames', nearlyBytes(feedFrame), (bytes) => {
    decodeFeedFrame(Uint8Array.from(bytes).buffer);
  }),
  target('spool segments', nearlyBytes(segment), (bytes) => {
    decodeSegment(Buffer.from(bytes), (_, make) => make());
  }),
  target(
    'spool segments, checksums right',
    fc
      .array(nearlyBytes(...payloads), { maxLength: 6 })
      .map((rest) => framed([payloads[0] ?? Buffer.alloc(0), ...rest])),
    (bytes) => {
      decodeSegment(bytes, (_, make) => make());
    },
  ),
  target(
    'request targets',
    nearlyText('/agent', '/assets/index-AbCd.js?x=1', '/%2e%2e/etc/passwd', '/a%252e/b'),
    (text) => {
      const parsed = parseTarget(text);
      if (!parsed.ok) return;
      insist(
        !parsed.value.path.split('/').some((segment) => segment === '.' || segment === '..'),
        'a dot segment got in',
      );
      insist(!/[\\\0]/.test(parsed.value.path), 'a character that is not allowed got in');
    },
  ),
  target(
    'time ranges',
    fc.tuple(nearlyText('-5m', 'now', '1760000000000', '2026-01-01T00:00:00Z'), nearlyText('now')),
    ([from, to]) => {
      const range = parseTimeRange(from, to, 1_760_000_000_000);
      if (range.ok) insist(range.value.from < range.value.to, 'a range ends before it begins');
    },
  ),
  target(
    'lines to import',
    nearlyText('{"device":"d","metric":"m","labels":{},"unit":"","kind":"gauge","t":[1,2],"v":[1,null]}'),
    (text) => {
      parseImportLine(text, 1_760_000_000_000);
    },
  ),
  target('cookies', nearlyText('wirewatch-7411=abc; other=1', '__Host-wirewatch-1=x'), (text) => {
    readCookies(text, 'wirewatch-7411');
  }),
  target('host names', nearlyText('192.168.1.20:7411', '[::1]:80', 'name.local'), (text) => {
    hostName(text);
  }),
  target('words that are shown', fc.string({ unit: 'binary' }), (text) => {
    const codes = Array.from(displayText(text), (character) => character.codePointAt(0) ?? 0);
    const isShown = codes.every((code) => code >= 0x20 && !(code >= 0x7f && code < 0xa0));
    insist(isShown, 'a control character is shown');
  }),
  target('frame headers', fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
    const meter = new FrameMeter();
    let ended = 0;
    for (const chunk of chunks) ended += meter.take(Buffer.from(chunk));
    insist(ended <= chunks.reduce((sum, { length }) => sum + length, 0), 'more messages than bytes');
  }),
];

/** Runs one target. If the property does not hold, throws with a minimised case. */
export function runTarget({ name, property }: FuzzTarget, seed: number, cases: number): void {
  const outcome = fc.check(property, { seed, numRuns: cases, endOnFailure: false });
  if (!outcome.failed) return;
  const cause = outcome.errorInstance instanceof Error ? outcome.errorInstance.stack : '';
  throw new Error(`${name} failed with --seed ${seed}: ${fc.stringify(outcome.counterexample)}\n${cause}`);
}

/** Reads a text in a dialect. For any input, values must be numbers, and times whole milliseconds. */
function readSafely(dialect: Dialect, text: string): void {
  const context = { now: Date.UTC(2026, 0, 1), maxValues: 100, precision: null };
  for (const { time, values } of dialect.parse(text, context).readings) {
    insist(time === null || Number.isSafeInteger(time), 'a time is no time');
    insist(
      Object.values(values).every(
        (value) => value === null || typeof value === 'boolean' || Number.isFinite(value),
      ),
      'a value is no number',
    );
  }
}
