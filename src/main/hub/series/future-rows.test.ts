import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { RingMemory } from './ring-memory';
import type { Series } from './series';
import { SeriesTable } from './series-table';
import type { Sheet } from './sheet';
import { SheetReader } from './sheet-reader';

function setup(ringBytes = 1 << 20) {
  const memory = new RingMemory(ringBytes);
  const table = new SeriesTable(DEFAULT_LIMITS, memory);
  const declare = (device: string): Series[] =>
    ['x', 'y'].map((name) => {
      const declared = table.declare(device, { name });
      if (!declared.ok) throw new Error(declared.error.message);
      return declared.value.series;
    });
  const sheetOf = (series: readonly Series[]): Sheet => {
    const sheet = table.sheetFor(series[0]?.device ?? '', series);
    if (!sheet) throw new Error('There are too many key sets.');
    return sheet;
  };
  return { memory, table, declare, sheetOf };
}

const write = (sheet: Sheet, time: number): void => sheet.append(time, Float64Array.of(time, -time), 0, 2);
const heldBy = (sheet: Sheet): number[] => sheet.pages.flatMap((page) => [...page.t.subarray(0, page.rows)]);
const bytesOf = (sheets: readonly Sheet[]): number =>
  sheets.flatMap(({ pages }) => pages).reduce((sum, { bytes }) => sum + bytes, 0);

describe('rows that lie in the future once the clock was set back', () => {
  it('leave the rings, and those before stay with their values', () => {
    const { memory, declare, sheetOf } = setup();
    const sheet = sheetOf(declare('a'));
    for (let time = 1; time <= 30; time++) write(sheet, time);
    memory.dropNewerThan(20);
    expect(heldBy(sheet)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(sheet.newestTime).toBe(20);
    expect(sheet.missingUntil).toBe(30);
    write(sheet, 21);
    expect(heldBy(sheet).at(-1)).toBe(21);
  });

  it('leave nothing behind where all of them do', () => {
    const { memory, table, declare, sheetOf } = setup();
    const series = declare('a');
    const sheet = sheetOf(series);
    for (let time = 101; time <= 130; time++) write(sheet, time);
    memory.dropNewerThan(100);
    expect([heldBy(sheet), memory.usedBytes]).toEqual([[], 0]);
    write(sheet, 5);
    const reader = new SheetReader({ table, series: series.map(({ id }) => id) });
    expect(Array.from(reader.read(), ({ t, v }) => [...t, ...v])).toEqual([[5, 5, -5]]);
  });

  it('do not disturb who reads on, whatever came and went before', () => {
    const op = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ op: fc.constant('write' as const), time: fc.integer({ min: 0, max: 200 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ op: fc.constant('set' as const), time: fc.integer({ min: 0, max: 200 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ op: fc.constant('old' as const), time: fc.integer({ min: 0, max: 200 }) }),
      },
    );
    fc.assert(
      fc.property(fc.array(op, { maxLength: 300 }), (ops) => {
        const { memory, table, declare, sheetOf } = setup();
        const series = declare('a');
        const sheet = sheetOf(series);
        const ids = series.map(({ id }) => id);
        const reader = new SheetReader({ table, series: ids });
        for (const { op: what, time } of ops) {
          if (what === 'write') {
            write(sheet, time);
            const read = Array.from(reader.read(), ({ t, v }) => [...t, ...v]);
            expect(read).toEqual([[time, time, -time]]);
          } else if (what === 'set') {
            memory.dropNewerThan(time);
            expect(heldBy(sheet).every((held) => held <= time)).toBe(true);
          } else memory.dropOlderThan(time);
          const firstRows = sheet.pages.map((page) => page.firstRow + page.rows);
          expect(firstRows.slice(0, -1)).toEqual(sheet.pages.slice(1).map((page) => page.firstRow));
          if (sheet.pages.length > 0) expect(firstRows.at(-1)).toBe(sheet.nextRow);
          expect(memory.usedBytes).toBe(bytesOf([sheet]));
          for (const page of sheet.pages) {
            for (let row = 0; row < page.rows; row++) {
              expect([...page.v.subarray(row * 2, row * 2 + 2)]).toEqual([
                page.t[row],
                -(page.t[row] as number),
              ]);
            }
          }
        }
      }),
    );
  });
});
