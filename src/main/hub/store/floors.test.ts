import { mkdtempSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE, RAW } from '../store-contract/tiers';
import { Catalog } from './catalog';
import { openDatabase } from './database';
import { dropOrphans, Floors } from './retention';

describe('how far back a tier reaches', () => {
  let dir: string;
  let db: DatabaseSync;
  let floors: Floors;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'wirewatch-floors-'));
    const opened = openDatabase(dir, Date.now());
    if (!opened.ok) throw new Error(opened.error.message);
    ({ db } = opened.value);
    floors = new Floors(db);
  });
  afterEach(() => {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is the later of what all devices lost and what one lost, tier by tier', () => {
    floors.raise(RAW, 100);
    floors.raise(RAW, 300, 1);
    floors.raise(RAW, 50, 2);
    for (const one of [floors, new Floors(db)]) {
      expect([one.get(RAW), one.get(RAW, 1), one.get(RAW, 2), one.get(RAW, 3)]).toEqual([100, 300, 100, 100]);
      expect(one.get(MINUTE, 1)).toBe(Number.NEGATIVE_INFINITY);
    }
    floors.raise(RAW, 400);
    expect([floors.get(RAW, 1), floors.get(RAW, 2)]).toEqual([400, 400]);
  });

  it('never goes back', () => {
    floors.raise(RAW, 300, 1);
    floors.raise(RAW, 200, 1);
    expect(new Floors(db).get(RAW, 1)).toBe(300);
  });

  it('of a removed device is forgotten, because another may get its number', () => {
    const catalog = new Catalog(db);
    const gone = catalog.ensure('gone');
    floors.raise(RAW, 300, gone.id);
    catalog.remove(gone);
    catalog.forget(gone);
    while (dropOrphans(db, floors) > 0);
    expect(floors.get(RAW, gone.id)).toBe(Number.NEGATIVE_INFINITY);
    expect(new Floors(db).get(RAW, gone.id)).toBe(Number.NEGATIVE_INFINITY);
  });
});
