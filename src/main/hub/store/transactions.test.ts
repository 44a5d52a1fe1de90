import { mkdtempSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { numberOf, openDatabase, openReader } from './database';
import { durably, lazily } from './transactions';

/** sqlite.org/pragma.html#pragma_synchronous */
const NORMAL = 1;
const FULL = 2;

describe('the database', () => {
  let dir: string;
  let db: DatabaseSync;
  let path: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'wirewatch-transactions-'));
    const opened = openDatabase(dir, Date.now());
    if (!opened.ok) throw new Error(opened.error.message);
    ({ db, path } = opened.value);
    db.exec('CREATE TABLE probe (key TEXT PRIMARY KEY)');
  });
  afterEach(() => {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const synchronous = (): number => numberOf(db, 'PRAGMA synchronous', 'synchronous');
  const keys = (): unknown[] =>
    db
      .prepare('SELECT key FROM probe ORDER BY key')
      .all()
      .map(({ key }) => key);
  const put = (key: string): void => void db.prepare('INSERT INTO probe VALUES (?)').run(key);

  it('waits for the disk at each commit, and writes ahead', () => {
    expect(synchronous()).toBe(FULL);
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  });

  it('waits for the disk again after a transaction that need not', () => {
    expect(lazily(db, synchronous)).toBe(NORMAL);
    expect(synchronous()).toBe(FULL);
    expect(durably(db, synchronous)).toBe(FULL);
  });

  it('waits for the disk again after a transaction that failed', () => {
    const fail = (): never => {
      put('half');
      throw new Error('no');
    };
    expect(() => lazily(db, fail)).toThrow('no');
    expect(synchronous()).toBe(FULL);
    expect(() => durably(db, fail)).toThrow('no');
    expect([keys(), db.isTransaction]).toEqual([[], false]);
  });

  it('has what a transaction did when it returns', () => {
    expect(durably(db, () => (put('a'), 7))).toBe(7);
    lazily(db, () => put('b'));
    const reader = openReader(path);
    expect(reader.prepare('SELECT count(*) AS n FROM probe').get()).toEqual({ n: 2 });
    expect(() => reader.exec("INSERT INTO probe VALUES ('c')")).toThrow();
    reader.close();
  });
});
