import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schema } from '../schema';
import { decodeSegment, type InternSchema } from './segment-decoder';
import { SegmentEncoder, type SegmentRow } from './segment-encoder';
import { parseSeal, SEAL_FRAME_BYTES } from './segment-format';

const intern: InternSchema = (_, make) => make();

const schemas: Schema[] = [1, 3, 9].map((width) => ({
  version: width,
  series: Array.from({ length: width }, (_, i) => ({ name: `s${i}`, labels: { of: String(width) } })),
}));
const value = fc.oneof(
  fc.constant(null),
  fc.constantFrom(0, -0, 1, 0.1, 1e300, 5e-324),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const row = fc.integer({ min: 0, max: schemas.length - 1 }).chain((which) => {
  const schema = schemas[which] as Schema;
  const width = schema.series.length;
  return fc.record({
    t: fc.double({ min: -1e15, max: 1e15, noNaN: true }),
    settled: fc.boolean(),
    schema: fc.constant(schema),
    values: fc.array(value, { minLength: width, maxLength: width }),
  });
});
const rows = fc.array(row, { maxLength: 40 });

function encode(all: readonly SegmentRow[], sealed = false, firstSeq = 7): Buffer {
  const encoder = new SegmentEncoder('stream', firstSeq);
  const parts = [encoder.header, ...all.map((one) => encoder.row(one))];
  if (sealed) parts.push(encoder.seal());
  const file = Buffer.concat(parts);
  expect(file.length).toBe(encoder.bytes);
  return file;
}

/** A row's contents, for comparison. */
const plain = ({ t, settled, schema, values }: SegmentRow) => ({ t, settled, series: schema.series, values });

function decoded(file: Buffer) {
  const segment = decodeSegment(file, intern);
  expect(segment?.rows.map(({ seq }) => seq) ?? []).toEqual(segment?.rows.map((_, i) => 7 + i) ?? []);
  return segment?.rows.map(plain) ?? [];
}

describe('a segment', () => {
  it('gives back what was written, bit for bit', () => {
    fc.assert(
      fc.property(rows, fc.boolean(), (all, sealed) => {
        const file = encode(all, sealed);
        expect(decoded(file)).toEqual(all.map(plain));
        const segment = decodeSegment(file, intern);
        expect(segment).toMatchObject({ bytes: file.length, sealed });
        const seal = parseSeal(file.subarray(-SEAL_FRAME_BYTES), file.length, segment?.headerCrc ?? 0);
        expect(seal).toEqual(sealed ? segment?.summary : null);
      }),
    );
  });

  it('that was cut anywhere gives the rows before the cut and never a wrong one', () => {
    fc.assert(
      fc.property(rows, fc.nat(), (all, at) => {
        const file = encode(all, true);
        const some = decoded(file.subarray(0, at % file.length));
        expect(some).toEqual(all.slice(0, some.length).map(plain));
      }),
      { numRuns: 300 },
    );
  });

  it('gives no wrong row when any byte is another, and all rows but one that are whole', () => {
    fc.assert(
      fc.property(rows, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, at, flip) => {
        const file = encode(all, true);
        file[at % file.length] = (file[at % file.length] ?? 0) ^ flip;
        const segment = decodeSegment(file, intern, 'other');
        const some = segment?.rows ?? [];
        const first = segment?.header.firstSeq ?? 1;
        let missing = all.length - some.length;
        for (const { seq, ...row } of some) {
          const truth = all[seq - first];
          expect({ ...plain(row), values: [] }).toEqual(truth && { ...plain(truth), values: [] });
          for (const [i, value] of row.values.entries()) {
            if (value !== null || truth?.values[i] === null) expect(value).toBe(truth?.values[i]);
          }
        }
        // A damaged schema takes its rows with it.
        if (
          all.every((one) => one.schema === all[0]?.schema) &&
          at % file.length >= encode(all.slice(0, 1)).length
        ) {
          expect(missing).toBeLessThanOrEqual(1);
        }
        if (missing > 0 && segment) missing = segment.lostSamples;
        expect(missing).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives no wrong row when zeros or old frames follow', () => {
    fc.assert(
      fc.property(rows, rows, fc.nat(), (all, others, at) => {
        const file = encode(all);
        const old = encode(others, false, 6);
        const from = at % old.length;
        expect(decoded(Buffer.concat([file, Buffer.alloc(100)]))).toEqual(all.map(plain));
        // Older contents of the same blocks remain after the end of the newer ones.
        expect(decoded(Buffer.concat([file, old.subarray(from)]))).toEqual(all.map(plain));
      }),
    );
  });

  it('writes a value only when it changes', () => {
    const schema = schemas[2] as Schema;
    const encoder = new SegmentEncoder('stream', 1);
    const first = { t: 1, settled: true, schema, values: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
    encoder.row(first);
    const changed = encoder.row({ ...first, t: 2, values: [1, 2, 3, 4, 0, 6, 7, 8, 9] });
    const same = encoder.row({ ...first, t: 3, values: [1, 2, 3, 4, 0, 6, 7, 8, 9] });
    expect(changed.length - same.length).toBe(8);
  });

  it('goes on after something that could not be written', () => {
    fc.assert(
      fc.property(rows, row, rows, (before, failed, after) => {
        const encoder = new SegmentEncoder('stream', 7);
        const parts = [encoder.header, ...before.map((one) => encoder.row(one))];
        encoder.row(failed);
        encoder.undo();
        parts.push(...after.map((one) => encoder.row(one)));
        expect(decoded(Buffer.concat(parts))).toEqual([...before, ...after].map(plain));
      }),
    );
  });

  it('moves times that were not settled when they were written', () => {
    const schema = schemas[0] as Schema;
    const encoder = new SegmentEncoder('stream', 7);
    const make = (t: number, settled: boolean) => encoder.row({ t, settled, schema, values: [t] });
    const file = Buffer.concat([
      encoder.header,
      make(10, false),
      make(20, true),
      encoder.move(1_000, true),
      make(30, false),
    ]);
    expect(decoded(file).map(({ t, settled }) => [t, settled])).toEqual([
      [1_010, true],
      [20, true],
      [30, false],
    ]);
  });
});
