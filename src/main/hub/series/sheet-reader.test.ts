import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { ChangeLog } from './change-log';
import { RingMemory } from './ring-memory';
import type { Series } from './series';
import { SeriesTable } from './series-table';
import type { Sheet, SheetChange } from './sheet';
import { SheetReader, type SheetRows } from './sheet-reader';

function createTable(ringBytes = 1 << 20, logEntries?: number) {
  const memory = new RingMemory(ringBytes, new ChangeLog<SheetChange>(logEntries));
  const table = new SeriesTable(DEFAULT_LIMITS, memory);
  const declare = (device: string, ...names: string[]): Series[] =>
    names.map((name) => {
      const declared = table.declare(device, { name });
      if (!declared.ok) throw new Error(declared.error.message);
      return declared.value.series;
    });
  const write = (series: readonly Series[], time: number, ...cells: number[]): Sheet => {
    const sheet = table.sheetFor(series[0]?.device ?? '', series);
    if (!sheet) throw new Error('There are too many key sets.');
    sheet.append(time, Float64Array.from(cells), 0, cells.length);
    return sheet;
  };
  return { memory, table, declare, write };
}

const idsOf = (series: readonly Series[]): number[] => series.map(({ id }) => id);

/** Returns rows as `[time, value, …]`. */
function rowsOf({ t, v, ids }: SheetRows): number[][] {
  return Array.from(t, (time, row) => [
    time,
    ...Array.from(ids, (_, column) => v[column * t.length + row] ?? NaN),
  ]);
}

function readAll(reader: SheetReader): { ids: number[]; rows: number[][]; lost: number; isLate: boolean }[] {
  return Array.from(reader.read(), (block) => ({
    ids: [...block.ids],
    rows: rowsOf(block),
    lost: block.lost,
    isLate: block.isLate,
  }));
}

describe('a sheet reader', () => {
  it('reads each row once, from the oldest in memory on', () => {
    const { table, declare, write } = createTable();
    const series = declare('a', 'x', 'y');
    write(series, 1, 10, 20);
    const reader = new SheetReader({ table, series: idsOf(series) });
    const ids = idsOf(series);
    expect(readAll(reader)).toEqual([{ ids, rows: [[1, 10, 20]], lost: 0, isLate: false }]);
    expect(readAll(reader)).toEqual([]);
    write(series, 2, 11, 21);
    write(series, 3, 12, 22);
    const rows = [
      [2, 11, 21],
      [3, 12, 22],
    ];
    expect(readAll(reader)).toEqual([{ ids, rows, lost: 0, isLate: false }]);
  });

  it('reads the columns of its series alone, also of sheets that come later', () => {
    const { table, declare, write } = createTable();
    const [x, y] = declare('a', 'x', 'y');
    if (!x || !y) throw new Error('They were just declared.');
    const reader = new SheetReader({ table, series: [y.id] });
    write([x, y], 1, 10, 20);
    write([x], 2, 11);
    write([y], 3, 21);
    expect(readAll(reader).map(({ ids, rows }) => [ids, rows])).toEqual([
      [[y.id], [[1, 20]]],
      [[y.id], [[3, 21]]],
    ]);
  });

  it('reads series that did not exist when it began, if it reads all', () => {
    const { table, declare, write } = createTable();
    const reader = new SheetReader({ table, series: 'all' });
    const series = declare('a', 'x');
    write(series, 1, 10);
    expect(readAll(reader)).toEqual([{ ids: idsOf(series), rows: [[1, 10]], lost: 0, isLate: false }]);
  });

  it('puts late rows in their place among the new ones, and says so', () => {
    const { table, declare, write } = createTable();
    const series = declare('a', 'x');
    const reader = new SheetReader({ table, series: 'all' });
    write(series, 5, 50);
    readAll(reader);
    write(series, 6, 60);
    write(series, 3, 30);
    write(series, 6, 61);
    expect([...reader.late()]).toEqual(idsOf(series));
    const rows = [
      [3, 30],
      [6, 60],
      [6, 61],
    ];
    expect(readAll(reader)).toEqual([{ ids: idsOf(series), rows, lost: 0, isLate: true }]);
    expect([...reader.late()]).toEqual([]);
  });

  it('says how many rows memory let go of before they were read', () => {
    const { memory, table, declare, write } = createTable();
    const series = declare('a', 'x');
    const reader = new SheetReader({ table, series: 'all' });
    for (let i = 0; i < 30; i++) write(series, i, i);
    memory.dropOlderThan(24);
    expect([...reader.late()]).toEqual(idsOf(series));
    const [block] = readAll(reader);
    expect([block?.lost, block?.rows[0], block?.rows.length]).toEqual([24, [24, 24], 6]);
  });

  it('goes on with the sheets that were not read when it was stopped early', () => {
    const { table, declare, write } = createTable();
    const reader = new SheetReader({ table, series: 'all' });
    for (const device of ['a', 'b', 'c']) write(declare(device, 'x'), 1, 1);
    for (const _block of reader.read()) break;
    expect(readAll(reader)).toHaveLength(2);
  });

  it('passes over what is read as a whole, with everything that shares a sheet', () => {
    const { table, declare, write } = createTable();
    const [x, y, z] = declare('a', 'x', 'y', 'z');
    if (!x || !y || !z) throw new Error('They were just declared.');
    const reader = new SheetReader({ table, series: [x.id, y.id, z.id] });
    write([y, x], 1, 20, 10);
    write([y], 2, 21);
    write([z], 3, 30);
    expect([...reader.skip([x.id])]).toEqual([x.id, y.id]);
    expect(readAll(reader).map(({ rows }) => rows)).toEqual([[[3, 30]]]);
    expect([...reader.skip([x.id])]).toEqual([x.id]);
  });

  it('reads further series from what memory has of them, and none that are not wanted any more', () => {
    const { table, declare, write } = createTable();
    const a = declare('a', 'x');
    const b = declare('b', 'x');
    const reader = new SheetReader({ table, series: idsOf(a) });
    write(a, 1, 1);
    write(b, 1, 2);
    readAll(reader);
    write(a, 2, 3);
    reader.want(idsOf(b));
    expect(readAll(reader).map(({ rows }) => rows)).toEqual([[[1, 2]]]);
    write(a, 3, 4);
    write(b, 3, 5);
    expect(readAll(reader).map(({ rows }) => rows)).toEqual([[[3, 5]]]);
  });

  it('says which of its series are gone', () => {
    const { table, declare, write } = createTable();
    const a = declare('a', 'x', 'y');
    const b = declare('b', 'x');
    const gone: number[] = [];
    const reader = new SheetReader({
      table,
      series: idsOf([...a.slice(1), ...b]),
      onForgotten: (ids) => gone.push(...ids),
    });
    write(a, 1, 1, 2);
    write(b, 1, 3);
    table.forgetDevice('a');
    expect(readAll(reader).map(({ ids }) => ids)).toEqual([idsOf(b)]);
    expect(gone).toEqual(idsOf(a.slice(1)));
  });

  it('finds all that is new although more has changed than is remembered', () => {
    const { memory, table, declare, write } = createTable(1 << 20, 1);
    const known = declare('known', 'x');
    write(known, 1, 1);
    const gone: number[] = [];
    const reader = new SheetReader({ table, series: 'all', onForgotten: (ids) => gone.push(...ids) });
    readAll(reader);
    for (const device of ['a', 'b', 'c', 'd']) {
      const series = declare(device, 'x');
      for (let i = 0; i < 30; i++) write(series, i, i);
    }
    memory.dropOlderThan(24);
    table.forgetDevice('known');
    expect(readAll(reader).map(({ lost, rows }) => [lost, rows.length])).toEqual(
      Array.from({ length: 4 }, () => [24, 6]),
    );
    expect(gone).toEqual(idsOf(known));
  });

  it('looks at the sheets that changed alone', () => {
    const { table, declare, write } = createTable();
    const sheets = Array.from({ length: 200 }, (_, i) => write(declare(`d${i}`, 'x'), 1, i));
    const reader = new SheetReader({ table, series: 'all' });
    readAll(reader);
    let looks = 0;
    for (const sheet of sheets) {
      const { nextRow } = sheet;
      Object.defineProperty(sheet, 'nextRow', {
        get: () => (looks++, nextRow),
        set() {},
        configurable: true,
      });
    }
    write(declare('d200', 'x'), 2, 1);
    expect(readAll(reader)).toHaveLength(1);
    expect(looks).toBe(0);
  });
});

const DEVICES = ['a', 'b', 'c'];
const NAMES = ['w', 'x', 'y', 'z'];
/** The groups of a device's series that arrive together. */
const COMPANY = [[0, 1, 2], [1, 3], [3]];

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('row' as const),
      device: fc.constantFrom(...DEVICES),
      company: fc.constantFrom(...COMPANY),
      /** Time relative to the newest row of all; a negative value makes the row late. */
      after: fc.integer({ min: -4, max: 8 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('read' as const), blocks: fc.integer({ min: 1, max: 12 }) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('other reader' as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('late' as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('drop' as const), keep: fc.nat({ max: 40 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('skip' as const),
      device: fc.constantFrom(...DEVICES),
      series: fc.nat({ max: NAMES.length - 1 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('forget' as const), device: fc.constantFrom(...DEVICES) }),
  },
);

/** The expected result of reading one sheet. */
interface Expected {
  series: readonly Series[];
  rows: { time: number; cells: number[]; isLate: boolean }[];
  /** The number of rows read, skipped or reported as lost. */
  done: number;
  newest: number;
}

describe('whatever comes, is dropped, is forgotten and is read', () => {
  it('a reader yields each row once and in time order, or says that it is lost', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120 }),
        fc.option(fc.subarray(DEVICES.flatMap((device) => NAMES.map((name) => `${device} ${name}`)))),
        fc.constantFrom(1, 3, 1_000),
        (steps, chosen, logEntries) => {
          const { memory, table, declare, write } = createTable(4_000, logEntries);
          const first = new Map(DEVICES.map((device) => [device, declare(device, ...NAMES)]));
          const wanted =
            chosen &&
            new Set(
              chosen.map((key) => {
                const [device = '', name = ''] = key.split(' ');
                return first.get(device)?.[NAMES.indexOf(name)]?.id ?? -1;
              }),
            );
          const gone: number[] = [];
          const reader = new SheetReader({
            table,
            series: wanted ?? 'all',
            onForgotten: (ids) => gone.push(...ids),
          });
          const other = new SheetReader({ table, series: 'all' });
          const sheets = new Map<Sheet, Expected>();
          const forgotten: number[] = [];
          const readIds = new Set<number>();
          const isWanted = ({ id }: Series): boolean => wanted === null || wanted.has(id);
          let newest = 1_000;
          let next = 0;

          const check = (block: SheetRows): void => {
            const expected = sheets.get(block.sheet);
            if (!expected) throw new Error('Rows of a sheet that is gone.');
            const lost = Math.max(0, block.sheet.firstRow - expected.done);
            const rows = expected.rows.slice(expected.done + lost);
            expected.done = expected.rows.length;
            const columns = expected.series.flatMap((one, column) => (isWanted(one) ? [column] : []));
            const inOrder = [...rows].sort((a, b) => a.time - b.time);
            expect(block.lost).toBe(lost);
            expect([...block.ids]).toEqual(columns.map((column) => expected.series[column]?.id));
            expect(rowsOf(block)).toEqual(
              inOrder.map(({ time, cells }) => [time, ...columns.map((column) => cells[column])]),
            );
            expect(block.isLate).toBe(rows.some(({ isLate }) => isLate));
            for (const id of block.ids) readIds.add(id);
          };
          const unread = (): [Sheet, Expected][] =>
            [...sheets].filter(([, { series, rows, done }]) => series.some(isWanted) && done < rows.length);
          const late = (): number[] =>
            unread().flatMap(([sheet, { series, rows, done }]) =>
              sheet.firstRow > done || rows.slice(done).some(({ isLate }) => isLate)
                ? idsOf(series.filter(isWanted))
                : [],
            );

          for (const one of steps) {
            if (one.op === 'row') {
              const time = newest + one.after;
              newest = Math.max(newest, time);
              const all = declare(one.device, ...NAMES);
              const series = one.company.flatMap((i) => all[i] ?? []);
              const cells = series.map(() => next++);
              const sheet = write(series, time, ...cells);
              const expected = sheets.get(sheet) ?? {
                series,
                rows: [],
                done: 0,
                newest: Number.NEGATIVE_INFINITY,
              };
              sheets.set(sheet, expected);
              expected.rows.push({ time, cells, isLate: time <= expected.newest });
              expected.newest = Math.max(expected.newest, time);
            } else if (one.op === 'read') {
              let blocks = 0;
              for (const block of reader.read()) {
                check(block);
                if (++blocks === one.blocks) break;
              }
            } else if (one.op === 'other reader') readAll(other);
            else if (one.op === 'late')
              expect([...reader.late()].sort()).toEqual([...new Set(late())].sort());
            else if (one.op === 'drop') memory.dropOlderThan(newest - one.keep);
            else if (one.op === 'skip') {
              const series = table.find(one.device, NAMES[one.series] ?? '');
              if (!series) continue;
              const skipped = new Set([series.id]);
              for (const id of skipped) {
                for (const [, expected] of unread()) {
                  if (!expected.series.some((column) => column.id === id)) continue;
                  expected.done = expected.rows.length;
                  for (const column of expected.series.filter(isWanted)) skipped.add(column.id);
                }
              }
              expect([...reader.skip([series.id])].sort()).toEqual([...skipped].sort());
            } else {
              forgotten.push(...table.forgetDevice(one.device));
              for (const [sheet, { series }] of sheets)
                if (series[0]?.device === one.device) sheets.delete(sheet);
            }
          }
          for (const block of reader.read()) check(block);
          expect(unread()).toEqual([]);
          expect(readAll(reader)).toEqual([]);
          expect(new Set(gone).size).toBe(gone.length);
          if (wanted) expect(gone.sort()).toEqual(forgotten.filter((id) => wanted.has(id)).sort());
          else {
            expect(forgotten).toEqual(expect.arrayContaining(gone));
            expect(gone).toEqual(expect.arrayContaining(forgotten.filter((id) => readIds.has(id))));
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
