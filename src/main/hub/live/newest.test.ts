import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { createWriter } from '../ingest/row-writer';
import { RingMemory } from '../series/ring-memory';
import { SeriesTable } from '../series/series-table';
import { newestValue } from './newest';
import { VitalsReader } from './vitals';

function setup(kind: 'gauge' | 'counter', name = 'level') {
  const table = new SeriesTable(DEFAULT_LIMITS, new RingMemory(1_000_000));
  const declared = table.declare('nas', { name, kind });
  if (!declared.ok) throw new Error(declared.error.message);
  const { series } = declared.value;
  const write = createWriter(table, 'nas', [series]);
  const add = (time: number, value: number): void => write(time, Float64Array.of(value), 0, 1, 'live');
  return { table, series, add };
}

describe('the newest value of a series', () => {
  it('is null before there is one, and when it is too old', () => {
    const { series, add } = setup('gauge');
    expect(newestValue(series, 0)).toBeNull();
    add(1_000, 7);
    expect(newestValue(series, 1_000)).toBe(7);
    expect(newestValue(series, 1_001)).toBeNull();
  });

  it('is the last one that is a number', () => {
    const { series, add } = setup('gauge');
    add(1_000, 7);
    add(2_000, Number.NaN);
    expect(newestValue(series, 0)).toBe(7);
  });

  it('is the newest by time, even if an older one came after it', () => {
    const { series, add } = setup('counter');
    for (const [time, value] of [
      [1_000, 0],
      [3_000, 300],
      [2_000, 100],
    ] as const) {
      add(time, value);
    }
    expect(newestValue(series, 0)).toBe(200);
  });

  it('is not that of a row from a backlog, which comes after newer ones', () => {
    const { series, add } = setup('gauge');
    add(60_000, 7);
    add(1_000, 1);
    add(2_000, 2);
    expect(newestValue(series, 0)).toBe(7);
    add(61_000, 8);
    add(3_000, 3);
    expect(newestValue(series, 0)).toBe(8);
  });

  it('is a rate for a counter, which takes two readings', () => {
    const { series, add } = setup('counter');
    add(1_000, 100);
    expect(newestValue(series, 0)).toBeNull();
    add(3_000, 500);
    expect(newestValue(series, 0)).toBe(200);
  });
});

describe('the vitals of a fleet', () => {
  it('are unknown for a device that is not online, and follow its series', () => {
    const { table, add } = setup('gauge', 'system.cpu.utilization');
    add(1_000, 0.5);
    const reader = new VitalsReader(table);
    const device = { id: 'nas', revision: 1, intervalMs: 1_000, headline: [] };
    const read = (isOnline: boolean, now: number) =>
      reader.read([{ ...device, isOnline }], now)[0]?.values.cpu?.value;
    expect(read(true, 2_000)).toBe(0.5);
    expect(read(false, 2_000)).toBeNull();
    expect(read(true, 200_000)).toBeNull();
  });
});
