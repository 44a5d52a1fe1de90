import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { SeriesTable } from '../series/series-table';
import type { Series } from '../series/series';
import { createWriter } from '../ingest/row-writer';
import { counterRate } from '../samples/rates';
import { readSeries } from './read-series';
import { RingMemory } from '../series/ring-memory';

function tableWith(budget: number): { memory: RingMemory; table: SeriesTable } {
  const memory = new RingMemory(budget);
  return { memory, table: new SeriesTable(DEFAULT_LIMITS, memory) };
}

function declare(table: SeriesTable, device: string, name: string): Series {
  const declared = table.declare(device, { name });
  if (!declared.ok) throw new Error(declared.error.message);
  return declared.value.series;
}

describe('the in-memory rings', () => {
  it('give back every sample in time order, the last of equal times, whatever order they came in', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.double({ noNaN: true })), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(rows, (given) => {
        const { table } = tableWith(1 << 20);
        const series = declare(table, 'd', 'a');
        const write = createWriter(table, 'd', [series]);
        const expected = new Map<number, number>();
        for (const [time, value] of given) {
          write(time, Float64Array.of(value), 0, 1, true);
          expected.set(time, value);
        }
        const read = readSeries(series, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, false);
        const sorted = [...expected].sort(([a], [b]) => a - b);
        expect([...read.t]).toEqual(sorted.map(([time]) => time));
        expect([...read.v]).toEqual(sorted.map(([, value]) => value));
      }),
    );
  });

  it('stay within their budget, keep the newest of everyone, and let the oldest go first', () => {
    const { memory, table } = tableWith(64 * 1024);
    const writers = Array.from({ length: 20 }, (_, i) => {
      const series = declare(table, `d${i}`, 'a');
      return { series, write: createWriter(table, `d${i}`, [series]) };
    });
    for (let time = 0; time < 2_000; time++)
      for (const { write } of writers) write(time, Float64Array.of(time), 0, 1, true);
    expect(memory.usedBytes).toBeLessThanOrEqual(64 * 1024);
    const lengths = writers.map(({ series }) => readSeries(series, 0, 1e9, false).t);
    for (const t of lengths) {
      expect(t.at(-1)).toBe(1_999);
      expect(t.length).toBeGreaterThan(100);
    }
  });

  it('give their memory back when a device is forgotten or its samples are old', () => {
    const { memory, table } = tableWith(1 << 20);
    const series = declare(table, 'd', 'a');
    const write = createWriter(table, 'd', [series]);
    for (let time = 0; time < 1_000; time++) write(time, Float64Array.of(time), 0, 1, true);
    const before = memory.usedBytes;
    memory.dropOlderThan(900);
    expect(memory.usedBytes).toBeLessThan(before / 2);
    expect(readSeries(series, 0, 1e9, false).t.at(-1)).toBe(999);
    table.forgetDevice('d');
    expect(memory.usedBytes).toBe(0);
    expect(table.size).toBe(0);
  });

  it('keep series that arrive in ever other company, in a bounded number of sheets', () => {
    const { table } = tableWith(1 << 22);
    const all = Array.from({ length: 30 }, (_, i) => declare(table, 'd', `m${i}`));
    for (let round = 1; round < 200; round++) {
      const some = all.filter((_, i) => (round * (i + 3)) % 7 < 3);
      createWriter(table, 'd', some)(round, new Float64Array(some.length).fill(round), 0, some.length, true); // prettier-ignore
    }
    const sheets = new Set(all.flatMap((series) => series.places.map((place) => place.sheet)));
    expect(sheets.size).toBeLessThanOrEqual(16 + 30);
    for (const [i, series] of all.entries()) {
      const read = readSeries(series, 0, 1e9, false);
      const expected = Array.from({ length: 199 }, (_, r) => r + 1).filter((r) => (r * (i + 3)) % 7 < 3);
      expect([...read.t]).toEqual(expected);
    }
  });

  it('turn counters into rates and read a fall as a new start from zero', () => {
    expect(counterRate(0, 100, 2_000, 300)).toBe(100);
    expect(counterRate(0, 100, 1_000, 30)).toBe(30);
    expect(counterRate(5, 1, 5, 2)).toBeNaN();
    const { table } = tableWith(1 << 20);
    const declared = table.declare('d', { name: 'c', kind: 'counter' });
    if (!declared.ok) throw new Error('refused');
    const write = createWriter(table, 'd', [declared.value.series]);
    for (const [time, value] of [[0, 10], [1_000, 20], [2_000, 5]] as const) write(time, Float64Array.of(value), 0, 1, true); // prettier-ignore
    const read = readSeries(declared.value.series, 1_000, 1e9, true);
    expect([...read.t]).toEqual([1_000, 2_000]);
    expect([...read.v]).toEqual([10, 5]);
  });
});
