import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAgentMessage, parseJson } from '@shared/protocol/parse';
import { flatRows, type FlatRows } from './flat-rows';
import { RowsReader } from './rows-reader';

const reader = new RowsReader();

interface Said {
  seq: number;
  schema: number;
  stream: string | undefined;
  rows: number[][];
}

function said({ seq, schema, stream, rows, cells, ends }: FlatRows): Said {
  const list = Array.from({ length: rows }, (_, r) => [
    ...cells.subarray(r === 0 ? 0 : ends[r - 1], ends[r]),
  ]);
  return { seq, schema, stream, rows: list };
}

function read(text: string): Said | null {
  return reader.read(Buffer.from(text)) ? said(reader) : null;
}

/** Returns the general parser's result for the same text; null for anything but `rows`. */
function parse(text: string): Said | null {
  const json = parseJson(text);
  const parsed = json.ok ? parseAgentMessage(json.value) : json;
  return parsed.ok && parsed.value.type === 'rows' ? said(flatRows(parsed.value)) : null;
}

const cell = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -999_999, max: 999_999 }).map((value) => value / 100),
);
const row = fc
  .tuple(fc.integer({ min: 0, max: 2e12 }), fc.array(cell, { maxLength: 12 }))
  .map(([time, cells]) => [time, ...cells]);
const message = fc.record(
  {
    type: fc.constant('rows'),
    seq: fc.nat({ max: 2 ** 48 }),
    schema: fc.nat({ max: 99 }),
    rows: fc.array(row, { minLength: 1, maxLength: 5 }),
    stream: fc.stringMatching(/^[A-Za-z0-9._:-]{1,64}$/),
  },
  { requiredKeys: ['type', 'seq', 'schema', 'rows'] },
);

describe('rows read from their bytes', () => {
  it('are what the general parser reads, and none that agents write is left to it', () => {
    const spaces = fc.constantFrom(undefined, 1, '\t');
    fc.assert(
      fc.property(message, spaces, (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(read(text)).toEqual(parse(text));
        expect(read(text)).not.toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  it('are never more than the general parser would take, whatever is done to a message', () => {
    const pieces = ['', ' ', ',', ':', '[', ']', '[]', '{', '}', '"', '"rows"', '"seq":1,', '0', '-', '.', 'e9', '1e999', 'null', 'nul', '\u00e9', '\u0000', '\\u0073']; // prettier-ignore
    const change = fc.record({
      at: fc.nat(),
      length: fc.integer({ min: 0, max: 4 }),
      piece: fc.constantFrom(...pieces),
    });
    fc.assert(
      fc.property(message, fc.array(change, { minLength: 1, maxLength: 3 }), (value, changes) => {
        let text = JSON.stringify(value);
        for (const { at, length, piece } of changes) {
          const start = at % (text.length + 1);
          text = text.slice(0, start) + piece + text.slice(start + length);
        }
        const taken = read(text);
        if (taken) expect(taken, text).toEqual(parse(text));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ['a field twice', '{"type":"rows","seq":1,"schema":1,"rows":[[1,2]],"rows":[[3,4]]}'],
    ['a field of its own', '{"type":"rows","seq":1,"schema":1,"rows":[[1,2]],"more":1}'],
    ['a field too few', '{"type":"rows","seq":1,"rows":[[1,2]]}'],
    ['another type', '{"type":"metrics","seq":1,"schema":1,"rows":[[1,2]]}'],
    ['no rows', '{"type":"rows","seq":1,"schema":1,"rows":[]}'],
    ['a row without a time', '{"type":"rows","seq":1,"schema":1,"rows":[[]]}'],
    ['a time that is null', '{"type":"rows","seq":1,"schema":1,"rows":[[null,1]]}'],
    ['a value beyond all numbers', '{"type":"rows","seq":1,"schema":1,"rows":[[1,1e999]]}'],
    ['a value that is text', '{"type":"rows","seq":1,"schema":1,"rows":[[1,"2"]]}'],
    ['a fraction of a sequence number', '{"type":"rows","seq":1.5,"schema":1,"rows":[[1,2]]}'],
    ['a sequence number below 0', '{"type":"rows","seq":-1,"schema":1,"rows":[[1,2]]}'],
    ['an escaped name', '{"type":"rows","seq":1,"schema":1,"rows":[[1,2]],"stream":"\\u0061"}'],
    ['a name too long', `{"type":"rows","seq":1,"schema":1,"rows":[[1,2]],"stream":"${'a'.repeat(65)}"}`],
    ['something behind it', '{"type":"rows","seq":1,"schema":1,"rows":[[1,2]]}}'],
    ['too little of it', '{"type":"rows","seq":1,"schema":1,"rows":[[1,2}'],
    ['nothing', ''],
  ])('leave %s to the general parser', (_, text) => {
    expect(read(text)).toBeNull();
  });

  it('find room for large messages, and leave larger ones alone', () => {
    const large = (cells: number) =>
      JSON.stringify({ type: 'rows', seq: 1, schema: 1, rows: Array.from({ length: cells }, (_, i) => [i]) });
    expect(read(large(65_536))?.rows.at(-1)).toEqual([65_535]);
    expect(read(large(65_537))).toBeNull();
    expect(read('{"type":"rows","seq":1,"schema":1,"rows":[[7]]}')?.rows).toEqual([[7]]);
  });
});
