import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { batch, RETENTION, seriesOf } from '../store-contract/testing/batches';
import { commitBatches } from './commit';
import { DATABASE_FILE } from './database';
import { migrate, SCHEMA_VERSION } from './migrations';
import { openState } from './open-state';
import { ReadEngine } from './read-engine';

const PAGE_BYTES = 4_096;

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wirewatch-migrations-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('a file of the version that did not know which units are guesses is taken over', () => {
  const old = new DatabaseSync(join(dir, DATABASE_FILE));
  migrate(old, 0, 1);
  old.exec("INSERT INTO devices VALUES (1, 'a')");
  old.exec("INSERT INTO series VALUES (1, 1, 'm', 'Cel', 0, NULL, NULL, NULL)");
  old.close();
  const options = { dir, retention: RETENTION };
  const first = openState(options);
  expect(first.replaced).toBeNull();
  expect(first.contents.series).toMatchObject([{ id: 1, unit: 'Cel', isUnitGuessed: null }]);
  commitBatches(
    first.state,
    [batch({ series: [{ ...seriesOf('a', 1), isUnitGuessed: false }] })],
    Date.now(),
  );
  first.state.db.close();
  const second = openState(options);
  expect(second.contents.series).toMatchObject([{ isUnitGuessed: false }]);
  second.state.db.close();
});

it.each(Array.from({ length: SCHEMA_VERSION }, (_, i) => i))(
  'a file of version %i takes everything',
  (version) => {
    const old = new DatabaseSync(join(dir, DATABASE_FILE));
    migrate(old, 0, version);
    old.close();
    const options = { dir, retention: RETENTION };
    const first = openState(options);
    expect(first.replaced).toBeNull();
    const record = { kind: 'device', id: 'a', rev: 1, body: '{}' } as const;
    commitBatches(first.state, [batch({ series: [seriesOf('a', 1)], records: [record] })], Date.now());
    first.state.db.close();
    const second = openState(options);
    expect(second.contents).toMatchObject({ series: [{ id: 1 }], records: [record] });
    second.state.db.close();
  },
);

it.each(Array.from({ length: SCHEMA_VERSION - 1 }, (_, i) => i + 1))(
  'a damaged file of version %i loses no name',
  (version) => {
    const path = join(dir, DATABASE_FILE);
    const old = new DatabaseSync(path);
    old.exec('PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL');
    migrate(old, 0, version);
    old.exec("INSERT INTO devices (id, name) VALUES (1, 'a')");
    if (version >= 3) old.exec('UPDATE devices SET sum = row_sum(id, name)');
    old.exec("INSERT INTO series (id, device, key, unit, kind) VALUES (1, 1, 'm', 'Cel', 0)");
    if (version >= 3) {
      old.exec('UPDATE series SET sum = row_sum(id, device, key, unit, kind, title, min, max, guessed)');
      old.exec('DELETE FROM series_copy; INSERT INTO series_copy SELECT * FROM series');
    }
    const root = old.prepare("SELECT rootpage AS n FROM sqlite_schema WHERE name = 'marks'").get()?.['n'];
    old.close();
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(PAGE_BYTES, 0xa5), 0, PAGE_BYTES, (Number(root) - 1) * PAGE_BYTES);
    closeSync(file);
    const { contents, replaced, state } = openState({ dir, retention: RETENTION });
    state.db.close();
    expect(replaced).not.toBeNull();
    expect(contents.series.map(({ device, key }) => [device, key])).toEqual([['a', 'm']]);
  },
);

it.each([3, 4])('a file of version %i is read as it is, where nothing can be written', (version) => {
  const path = join(dir, DATABASE_FILE);
  const old = new DatabaseSync(path);
  migrate(old, 0, version);
  old.exec("INSERT INTO devices VALUES (1, 'a', row_sum(1, 'a'))");
  old.exec(
    "INSERT INTO series VALUES (1, 1, 'm', 'Cel', 0, NULL, NULL, NULL, 1, row_sum(1, 1, 'm', 'Cel', 0, NULL, NULL, NULL, 1))",
  );
  old.close();
  const reader = new ReadEngine(
    dir,
    false,
    () => RETENTION,
    () => {},
  );
  expect(reader.contents.series).toMatchObject([{ id: 1, device: 'a', unit: 'Cel', isUnitGuessed: true }]);
  reader.close();
});
