import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { CounterRates } from './counter-rates';
import { RingMemory } from './ring-memory';
import { SeriesTable } from './series-table';
import { SheetReader } from './sheet-reader';

function start() {
  const table = new SeriesTable(DEFAULT_LIMITS, new RingMemory(1 << 20));
  const declared = table.declare('a', { name: 'bytes', kind: 'counter' });
  if (!declared.ok) throw new Error(declared.error.message);
  const { series } = declared.value;
  const sheet = table.sheetFor('a', [series]);
  if (!sheet) throw new Error('There are too many key sets.');
  const reader = new SheetReader({ table, series: [series.id] });
  const rates = new CounterRates();
  return {
    write: (time: number, value: number) => sheet.append(time, Float64Array.of(value), 0, 1),
    skip: () => {
      reader.skip([series.id]);
      for (const place of series.places) rates.start(series, place);
    },
    read: (): number[] => {
      const values: number[] = [];
      for (const rows of reader.read()) {
        rates.apply(rows);
        values.push(...rows.v);
      }
      return values;
    },
  };
}

describe('the rates of a counter', () => {
  it('go on from block to block, and over a reading that is missing', () => {
    const { write, read } = start();
    write(1_000, 100);
    write(2_000, 150);
    expect(read()).toEqual([Number.NaN, 50]);
    write(3_000, Number.NaN);
    expect(read()).toEqual([Number.NaN]);
    write(5_000, 240);
    expect(read()).toEqual([30]);
  });

  it('start from the newest reading in memory where rows were passed over', () => {
    const { write, skip, read } = start();
    write(1_000, 1_000_000);
    skip();
    write(2_000, 1_000_010);
    expect(read()).toEqual([10]);
  });

  it('are no jump from zero where the newest row had no reading', () => {
    const { write, skip, read } = start();
    write(1_000, 1_000_000);
    write(2_000, Number.NaN);
    skip();
    write(3_000, 1_000_010);
    expect(read()).toEqual([5]);
  });

  it('have none for a reading that is not newer than the one before', () => {
    const { write, read } = start();
    write(2_000, 100);
    read();
    write(1_000, 50);
    expect(read()).toEqual([Number.NaN]);
    write(3_000, 120);
    expect(read()).toEqual([20]);
  });
});
