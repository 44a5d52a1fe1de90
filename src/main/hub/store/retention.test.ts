import { mkdtempSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RETENTION, seriesOf } from '../store-contract/testing/batches';
import { DAY_MS, HOUR, HOUR_MS, MINUTE, RAW, type Tier } from '../store-contract/tiers';
import { Catalog } from './catalog';
import { openDatabase } from './database';
import { bytesInUse, dropOrphans, dropSome, Floors } from './retention';
import { SeriesBlocks } from './series-blocks';
import type { Retention } from '../store-contract/store-contract';

const NOW = Date.UTC(2026, 2, 12, 12);
const NAMES = { [RAW]: 'raw', [MINUTE]: 'minute', [HOUR]: 'hour' };

let dir: string;
let db: DatabaseSync;
let catalog: Catalog;
let floors: Floors;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wirewatch-retention-'));
  const opened = openDatabase(dir, NOW);
  if (!opened.ok) throw new Error(opened.error.message);
  ({ db } = opened.value);
  catalog = new Catalog(db);
  floors = new Floors(db);
});
afterEach(() => {
  db.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A chunk whose last sample is that old. */
function add(tier: Tier, ageMs: number, device = 'a'): void {
  const to = NOW - ageMs;
  const { id } = catalog.ensure(device);
  db.prepare(
    `INSERT INTO chunks (device, tier, from_t, to_t, rows, cells, samples, bytes, block)
     VALUES (?, ?, ?, ?, 1, 1, 1, 1, zeroblob(20000))`,
  ).run(id, tier, to - 1_000, to);
}

/** What is left, as tier and age in hours, the oldest first. */
function left(): string[] {
  return db
    .prepare('SELECT tier, to_t FROM chunks ORDER BY to_t, tier')
    .all()
    .map(({ tier, to_t }) => `${NAMES[tier as Tier]} ${(NOW - Number(to_t)) / HOUR_MS}`);
}

function drop(patch: Partial<Retention> = {}): number {
  return dropSome(db, catalog, floors, { ...RETENTION, ...patch }, NOW);
}

/** Goes on until nothing is dropped any more. */
function dropAll(patch: Partial<Retention> = {}): void {
  for (let steps = 0; drop(patch) > 0; steps++) if (steps > 1_000) throw new Error('It never ends.');
}

describe('what is older than its age', () => {
  it.each([
    [RAW, 'rawDays'],
    [MINUTE, 'minuteDays'],
    [HOUR, 'hourDays'],
  ] as const)('goes, to the millisecond, of tier %i', (tier, name) => {
    add(tier, 10 * DAY_MS);
    add(tier, 10 * DAY_MS + 1);
    add(tier, 0);
    dropAll({ rawDays: 1_000, minuteDays: 1_000, hourDays: 1_000, [name]: 10 });
    expect(left()).toEqual([`${NAMES[tier]} 240`, `${NAMES[tier]} 0`]);
    expect(floors.get(tier)).toBe(NOW - 10 * DAY_MS - 1);
  });

  it('goes although there is room, of every device, sixteen at a time, the oldest first', () => {
    for (let day = 1; day <= 20; day++) for (const device of ['a', 'b']) add(RAW, day * DAY_MS, device);
    expect(drop()).toBe(16);
    expect(left()[0]).toBe(`raw ${12 * 24}`);
    dropAll();
    expect(left()).toHaveLength(14);
    expect(left()[0]).toBe(`raw ${7 * 24}`);
  });
});

describe('what does not fit into the budget', () => {
  const hours = (tier: Tier, from: number, to: number): void => {
    for (let hour = from; hour <= to; hour++) add(tier, hour * HOUR_MS);
  };

  it('is nothing as long as all of it fits', () => {
    hours(RAW, 0, 30);
    dropAll({ budgetBytes: bytesInUse(db) });
    expect(left()).toHaveLength(31);
  });

  it('goes from the oldest samples on, and no more than has to', () => {
    hours(RAW, 0, 30);
    const budgetBytes = bytesInUse(db) - 1;
    drop({ budgetBytes });
    expect(left()).toEqual(Array.from({ length: 15 }, (_, i) => `raw ${14 - i}`));
    expect(drop({ budgetBytes })).toBe(0);
  });

  it('goes in this order: samples older than an hour, minutes and then hours older than a day, then all samples', () => {
    hours(RAW, 0, 3);
    hours(MINUTE, 23, 26);
    hours(HOUR, 23, 26);
    const steps: string[][] = [];
    for (let before = left(); drop({ budgetBytes: 0 }) > 0; before = left()) {
      steps.push(before.filter((one) => !left().includes(one)));
    }
    expect(steps).toEqual([
      ['raw 3', 'raw 2'],
      ['minute 26', 'minute 25'],
      ['hour 26', 'hour 25'],
      ['raw 1', 'raw 0'],
    ]);
    expect(left()).toEqual(['minute 24', 'hour 24', 'minute 23', 'hour 23']);
  });
});

it('how far back each tier reaches is known after a restart, and never goes back', () => {
  add(RAW, 8 * DAY_MS);
  dropAll();
  add(RAW, 9 * DAY_MS);
  dropAll();
  expect(new Floors(db).get(RAW)).toBe(NOW - 8 * DAY_MS);
  expect(new Floors(db).get(MINUTE)).toBe(Number.NEGATIVE_INFINITY);
});

it('what is left of a removed device goes, and nothing else', () => {
  for (let i = 0; i < 20; i++) add(RAW, i * HOUR_MS, 'gone');
  add(RAW, 0, 'stays');
  const gone = catalog.ensure('gone');
  catalog.remove(gone);
  catalog.forget(gone);
  const steps: number[] = [];
  for (let n = dropOrphans(db, floors); n > 0; n = dropOrphans(db, floors)) steps.push(n);
  expect(steps).toEqual([16, 4, 1]);
  expect(left()).toEqual(['raw 0']);
  expect(db.prepare('SELECT name FROM devices').all()).toEqual([{ name: 'stays' }]);
});

it('the names of a removed device are gone at once, so that none becomes those of another', () => {
  for (const name of ['gone', 'stays']) {
    const device = catalog.ensure(name);
    const { id } = device;
    catalog.putSeries([{ one: seriesOf(name, id), device }]);
    db.prepare("INSERT INTO marks (device, stream, seq, moved) VALUES (?, 's', 1, 1)").run(id);
    db.prepare(
      "INSERT INTO events (id, at, kind, level, device, text) VALUES (?, 1, 'note', 'info', ?, 'x')",
    ).run(id, name);
    db.prepare('INSERT INTO dirty_hours (device, hour) VALUES (?, 1)').run(id);
  }
  catalog.remove(catalog.ensure('gone'));
  const stays = catalog.ensure('stays').id;
  expect([...new SeriesBlocks(db).rows()].map(([, device]) => device)).toEqual([stays]);
  for (const table of ['marks', 'events', 'dirty_hours']) {
    expect(db.prepare(`SELECT count(*) AS n FROM ${table}`).get(), table).toEqual({ n: 1 });
  }
});

it('the bytes in use are those of pages that hold something', () => {
  const before = bytesInUse(db);
  for (let i = 0; i < 50; i++) add(RAW, i);
  const full = bytesInUse(db);
  expect(full - before).toBeGreaterThan(50 * 20_000);
  db.exec('DELETE FROM chunks');
  expect(bytesInUse(db)).toBeLessThan(before + 20_000);
});

describe('a budget that several devices share', () => {
  const BYTES = 20_000;
  /** Like {@link add}, with its true size. */
  function write(device: string, ageMs: number, tier: Tier = RAW): void {
    const to = NOW - ageMs;
    const { id } = catalog.ensure(device);
    db.prepare(
      `INSERT INTO chunks (device, tier, from_t, to_t, rows, cells, samples, bytes, block)
       VALUES (?, ?, ?, ?, 1, 1, 1, ?, zeroblob(?))`,
    ).run(id, tier, to - 1_000, to, BYTES, BYTES);
  }
  const countOf = (device: string): number =>
    Number(
      db
        .prepare('SELECT count(*) AS n FROM chunks WHERE device = (SELECT id FROM devices WHERE name = ?)')
        .get(device)?.['n'] ?? 0,
    );

  it('is paid for by who writes most: the others keep their older samples', () => {
    db.exec('BEGIN');
    for (let hour = 2; hour <= 100; hour++) write('quiet', hour * HOUR_MS);
    for (let i = 0; i < 900; i++)
      for (const noisy of ['noisy-1', 'noisy-2', 'noisy-3']) write(noisy, 2 * HOUR_MS + i * 60_000);
    db.exec('COMMIT');
    const before = bytesInUse(db);
    dropAll({ rawDays: 1_000, budgetBytes: Math.round(before / 2) });
    expect(bytesInUse(db)).toBeLessThanOrEqual(before / 2);
    expect(countOf('quiet')).toBe(99);
    for (const noisy of ['noisy-1', 'noisy-2', 'noisy-3']) {
      expect(countOf(noisy)).toBeGreaterThan(350);
      expect(countOf(noisy)).toBeLessThan(500);
    }
    const { id } = catalog.ensure('quiet');
    expect(floors.get(RAW, id)).toBe(Number.NEGATIVE_INFINITY);
    expect(floors.get(RAW, catalog.ensure('noisy-1').id)).toBeGreaterThan(NOW - 20 * HOUR_MS);
    expect(new Floors(db).get(RAW, catalog.ensure('noisy-1').id)).toBe(
      floors.get(RAW, catalog.ensure('noisy-1').id),
    );
  });

  it('takes the last hour of who writes most before the past of the others', () => {
    for (let hour = 2; hour <= 20; hour++) write('quiet', hour * HOUR_MS);
    db.exec('BEGIN');
    for (let i = 0; i < 200; i++) write('noisy', i * 10_000);
    db.exec('COMMIT');
    dropAll({ rawDays: 1_000, budgetBytes: Math.round(bytesInUse(db) / 2) });
    expect(countOf('quiet')).toBe(19);
  });

  it('is held when all are equal, the oldest first', () => {
    for (let hour = 2; hour <= 40; hour++)
      for (const device of ['a', 'b', 'c']) write(device, hour * HOUR_MS);
    const half = Math.round(bytesInUse(db) / 2);
    dropAll({ rawDays: 1_000, budgetBytes: half });
    expect(bytesInUse(db)).toBeLessThanOrEqual(half);
    const counts = ['a', 'b', 'c'].map(countOf);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(16);
  });

  it('forgets the limits of a device that was deleted, whose number may be another’s next', () => {
    for (let i = 0; i < 100; i++) write('gone', 2 * HOUR_MS + i * 60_000);
    const device = catalog.ensure('gone');
    dropAll({ rawDays: 1_000, budgetBytes: Math.round(bytesInUse(db) / 2) });
    expect(floors.get(RAW, device.id)).toBeGreaterThan(0);
    catalog.remove(device);
    while (dropOrphans(db, floors) > 0);
    expect(floors.get(RAW, device.id)).toBe(Number.NEGATIVE_INFINITY);
    expect(new Floors(db).get(RAW, device.id)).toBe(Number.NEGATIVE_INFINITY);
  });
});
