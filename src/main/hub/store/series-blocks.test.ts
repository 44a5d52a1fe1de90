import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { migrate, SCHEMA_VERSION } from './migrations';
import { SeriesBlocks, type SeriesRow } from './series-blocks';
import { isDamage } from './sqlite-errors';

let db: DatabaseSync;
let blocks: SeriesBlocks;

beforeEach(() => {
  db = new DatabaseSync(':memory:');
  migrate(db, 0);
  blocks = new SeriesBlocks(db);
});

const row = (id: number, key = `m${id}`, device = 1): SeriesRow => [id, device, key, '%', 0, null, 0, 100, 1];

describe('blocks of series', () => {
  it('have every series that was put last, and none that was removed', () => {
    const id = fc.integer({ min: 1, max: 400 });
    const step = fc.oneof(
      fc.array(fc.tuple(id, fc.string({ unit: 'grapheme' })), { maxLength: 100 }).map((put) => ({ put })),
      fc.array(id, { maxLength: 100 }).map((remove) => ({ remove })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        blocks.remove(Array.from({ length: 401 }, (_, i) => i));
        const truth = new Map<number, SeriesRow>();
        for (const one of steps) {
          if ('put' in one) {
            const rows = one.put.map(([number, key]) => row(number, key));
            blocks.put(rows);
            for (const each of rows) truth.set(each[0], each);
          } else {
            blocks.remove(one.remove);
            for (const number of one.remove) truth.delete(number);
          }
        }
        expect([...blocks.rows()]).toEqual([...truth.values()].sort((a, b) => a[0] - b[0]));
      }),
    );
  });

  it('are kept twice', () => {
    blocks.put(Array.from({ length: 300 }, (_, i) => row(i)));
    blocks.remove(Array.from({ length: 128 }, (_, i) => i));
    const all = (name: string): unknown => db.prepare(`SELECT * FROM ${name}`).all();
    expect(all('series_blocks')).toHaveLength(2);
    expect(all('series_blocks_copy')).toEqual(all('series_blocks'));
  });

  it.each([
    ['byte', 'UPDATE series_blocks SET block = zeroblob(length(block))'],
    ['count', 'UPDATE series_blocks SET count = count + 1'],
    ['place', 'UPDATE series_blocks SET id = id + 7'],
    ['kind of value', "UPDATE series_blocks SET block = 'text'"],
  ])('with a wrong %s are damage, when read and when changed', (_name, damage) => {
    blocks.put([row(1)]);
    db.exec(damage);
    const isNoticed = (work: () => unknown): boolean => {
      try {
        work();
        return false;
      } catch (error) {
        return isDamage(error);
      }
    };
    expect(isNoticed(() => [...blocks.rows()])).toBe(true);
    expect(isNoticed(() => blocks.put([row(7 * 128 + 1), row(1)]))).toBe(true);
  });

  it('take a tenth of what they contain', () => {
    blocks.put(Array.from({ length: 640 }, (_, i) => row(i, `system.cpu.time{cpu=${i % 64},mode=idle}`)));
    const bytes = db.prepare('SELECT sum(length(block)) AS n FROM series_blocks').get()?.['n'];
    expect(Number(bytes) / 640).toBeLessThan(12);
  });
});

describe('a file of an earlier version', () => {
  const older = (version: number): DatabaseSync => {
    const file = new DatabaseSync(':memory:');
    migrate(file, 0, version);
    return file;
  };

  it.each([1, 2])('of version %i keeps its series', (version) => {
    const file = older(version);
    file.exec("INSERT INTO series (id, device, key, unit, kind, title) VALUES (70, 1, 'a', 's', 1, 'T')");
    migrate(file, version);
    expect([...new SeriesBlocks(file).rows()]).toEqual([[70, 1, 'a', 's', 1, 'T', null, null, null]]);
  });

  it.each([3, 4])('of version %i keeps its series, and can be read before it is migrated', (version) => {
    const file = older(version);
    file.exec(
      "INSERT INTO series VALUES (70, 1, 'a', 's', 1, 'T', 0, 5, 1, row_sum(70, 1, 'a', 's', 1, 'T', 0, 5, 1))",
    );
    const wanted = [[70, 1, 'a', 's', 1, 'T', 0, 5, 1]];
    expect([...new SeriesBlocks(file).rows()]).toEqual(wanted);
    migrate(file, version);
    expect([...new SeriesBlocks(file).rows()]).toEqual(wanted);
    expect(file.prepare("SELECT name FROM sqlite_schema WHERE name GLOB 'series*'").all()).toEqual([
      { name: 'series_blocks' },
      { name: 'series_blocks_copy' },
    ]);
  });

  it('is not migrated when a row is damaged', () => {
    const file = older(SCHEMA_VERSION - 1);
    file.exec("INSERT INTO series VALUES (70, 1, 'a', 's', 1, 'T', 0, 5, 1, 12)");
    expect(() => migrate(file, SCHEMA_VERSION - 1)).toThrow('the list of series is damaged');
    expect(file.prepare('SELECT count(*) AS n FROM series').get()).toEqual({ n: 1 });
  });
});
