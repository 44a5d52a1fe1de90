import { once } from 'node:events';
import { spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '@shared/errors';
import { openStore, type OpenedStore } from './worker-store';
import { batch, RETENTION, rows, seriesOf } from '../store-contract/testing/batches';
import { StoreHarness } from './testing/harness';
import { KillTrial } from './testing/kill-trial';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Math.floor(Date.now() / HOUR) * HOUR - 6 * HOUR;

let harness: StoreHarness;

beforeAll(async () => {
  harness = await StoreHarness.create();
});
afterAll(() => harness.dispose());

function database(dir: string): string {
  return join(dir, 'history.db');
}

async function valuesOf(
  store: OpenedStore,
  series: number,
  from = START,
  to = START + 6 * HOUR,
): Promise<number[]> {
  const [columns] = await store.query({ series: [series], from, to });
  return Array.from(columns?.v ?? []);
}

/** Creates a closed store with sealed rows of two devices. */
async function filled(): Promise<string> {
  const dir = harness.dir();
  const store = await harness.open(dir);
  for (const [device, id] of [
    ['a', 1],
    ['b', 2],
  ] as const) {
    const values = Array.from({ length: 500 }, (_, i) => [START + i * 1_000, Math.sin(i * id)]);
    await store.commit(batch({ series: [seriesOf(device, id)], rows: [rows(device, [id], values)] }));
  }
  await store.settle();
  await store.close();
  return dir;
}

describe('a store in trouble', () => {
  it('has every row that it acknowledged exactly once after the process was killed', async () => {
    const dir = harness.dir();
    let acknowledged = -1;
    for (let round = 0; round < 5; round++) {
      const { committer, 'store-worker': worker } = harness.built.files;
      const child = spawn(process.execPath, [committer, dir, worker, String(acknowledged + 1)]);
      let output = '';
      child.stdout.on('data', (data: Buffer) => {
        output += data.toString();
        if (output.length > 150 * (round + 1)) child.kill('SIGKILL');
      });
      await once(child, 'close');
      acknowledged = Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1));
      expect(acknowledged).toBeGreaterThan(0);
      const store = await harness.open(dir);
      const mark = store.contents.marks.find(({ stream }) => stream === 'spool')?.seq ?? -1;
      const stored = await valuesOf(store, 1, Date.now() - DAY, Date.now() + DAY);
      // The last one may have been written although the process ended before it could say so.
      expect([acknowledged, acknowledged + 1]).toContain(mark);
      expect(stored).toEqual(Array.from({ length: mark + 1 }, (_, i) => i));
      acknowledged = mark;
      await store.close();
    }
  });

  it('has every row exactly once after kills while old data is deleted, but the oldest', async () => {
    const { churner, 'store-worker': worker } = harness.built.files;
    const trial = new KillTrial(harness.dir(), { churner, worker });
    for (let kill = 0; kill < 5; kill++) expect((await trial.round()).wrong).toEqual([]);
  });

  it.each([
    [
      'garbage',
      (path: string) => writeFileSync(path, 'this is no database at all, whatever its name says '.repeat(9)),
    ],
    [
      "another program's database",
      (path: string) => {
        rmSync(path);
        const db = new DatabaseSync(path);
        db.exec('CREATE TABLE letters (text); INSERT INTO letters VALUES (1)');
        db.close();
      },
    ],
  ])('puts %s aside, says so and begins anew', async (_name, damage) => {
    const dir = await filled();
    damage(database(dir));
    const before = readFileSync(database(dir));
    const store = await harness.open(dir);
    const { problem } = await store.stats();
    expect(problem?.code).toBe('STORE_DAMAGED');
    const aside = readdirSync(dir).find((name) =>
      /^history\.db\.damaged-[^-]+-[^-]+-[^-]+-[^-]+-[^-]+$/.test(name),
    );
    expect(readFileSync(join(dir, aside ?? ''))).toEqual(before);
    expect(store.contents.series).toEqual([]);
    await store.commit(batch({ series: [seriesOf('a', 1)], rows: [rows('a', [1], [[START, 5]])] }));
    expect(await valuesOf(store, 1)).toEqual([5]);
    await store.close();
    const again = await harness.open(dir);
    expect((await again.stats()).problem).toBeNull();
    expect(await valuesOf(again, 1)).toEqual([5]);
  });

  it.each([
    ['a lost page of the schema', (path: string) => overwrite(path, 100, 200)],
    ['a lost first page', (path: string) => overwrite(path, 0, 4_096)],
    ['a lost root of the chunks', (path: string) => overwriteRoot(path, 'chunks')],
    ['a lost list of the chunks', (path: string) => overwriteRoot(path, 'chunks_by_time')],
    ['a lost list of series', (path: string) => overwriteRoot(path, 'series_blocks')],
    ['a lost copy of the list of series', (path: string) => overwriteRoot(path, 'series_blocks_copy')],
    ['a lost list of devices', (path: string) => overwriteRoot(path, 'devices')],
    ['a version that was never written', (path: string) => overwrite(path, 60, 62)],
    ['a page size that was never written', (path: string) => overwrite(path, 16, 17)],
  ])('copies all samples out of a file with %s, and keeps that', async (_name, damage) => {
    const dir = await filled();
    damage(database(dir));
    const before = readFileSync(database(dir));
    const store = await harness.open(dir);
    expect((await store.stats()).problem).toMatchObject({
      code: 'STORE_DAMAGED',
      message: expect.stringMatching(/1000 samples of 2 devices/) as unknown,
    });
    expect(store.contents.series.map(({ id }) => id)).toEqual([1, 2]);
    for (const id of [1, 2]) {
      expect(await valuesOf(store, id)).toEqual(Array.from({ length: 500 }, (_, i) => Math.sin(i * id)));
    }
    const aside = readdirSync(dir).find((name) => /^history\.db\.damaged-[^.]+$/.test(name));
    expect(readFileSync(join(dir, aside ?? ''))).toEqual(before);
    await store.commit(batch({ rows: [rows('a', [1], [[START + HOUR, 5]])] }));
    await store.close();
    const again = await harness.open(dir);
    expect((await again.stats()).problem).toBeNull();
    expect(await valuesOf(again, 1)).toHaveLength(501);
  });

  it('copies what is left of a file that was cut off, and names the rest', async () => {
    const dir = await filled();
    const path = database(dir);
    truncateSync(path, statSync(path).size - 4_096);
    const store = await harness.open(dir);
    const values = [await valuesOf(store, 1), await valuesOf(store, 2)];
    expect(Math.max(...values.map(({ length }) => length))).toBe(500);
    for (const [i, list] of values.entries()) {
      expect(list).toEqual(Array.from({ length: list.length }, (_, k) => Math.sin(k * (i + 1))));
      const { message = '' } = (await store.stats()).problem ?? {};
      if (list.length === 0) expect(message).toContain(`500 samples of ${i === 0 ? 'a' : 'b'} from`);
    }
  });

  it('puts the log of a file that is gone aside, says so and begins anew', async () => {
    const dir = harness.dir();
    const killed = harness.dir();
    const store = await harness.open(dir);
    await store.commit(batch({ series: [seriesOf('a', 1)], rows: [rows('a', [1], [[START, 5]])] }));
    copyFileSync(`${database(dir)}-wal`, `${database(killed)}-wal`);
    const before = readFileSync(`${database(killed)}-wal`);
    const again = await harness.open(killed);
    expect((await again.stats()).problem?.code).toBe('STORE_DAMAGED');
    const aside = readdirSync(killed).find((name) => /^history\.db\.damaged-.*-wal$/.test(name));
    expect(readFileSync(join(killed, aside ?? ''))).toEqual(before);
  });

  it('reads a damaged log on behind the damage, keeps it and says so; one that a crash cut off is none', async () => {
    const dir = harness.dir();
    const store = await harness.open(dir);
    for (let i = 0; i < 20; i++) {
      await store.commit(batch({ series: [seriesOf('a', 1)], rows: [rows('a', [1], [[START + i, i]])] }));
    }
    const [damaged, cut, short] = [harness.dir(), harness.dir(), harness.dir()];
    for (const copy of [damaged, cut, short]) {
      for (const suffix of ['', '-wal']) copyFileSync(database(dir) + suffix, database(copy) + suffix);
    }
    copyFileSync(`${database(dir)}-shm`, `${database(short)}-shm`);
    const log = `${database(damaged)}-wal`;
    const middle = Math.floor(statSync(log).size / 2);
    overwrite(log, middle, middle + 1);
    const before = readFileSync(log);
    const read = await harness.open(damaged);
    expect((await read.stats()).problem?.code).toBe('STORE_DAMAGED');
    expect(await valuesOf(read, 1)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    const aside = readdirSync(damaged).find((name) => /^history\.db\.damaged-.*-wal$/.test(name));
    expect(readFileSync(join(damaged, aside ?? ''))).toEqual(before);
    for (const copy of [cut, short]) {
      truncateSync(`${database(copy)}-wal`, statSync(`${database(copy)}-wal`).size - 5_000);
    }
    expect((await (await harness.open(cut)).stats()).problem).toBeNull();
    // The log's index, which a killed process leaves behind, knows how long it was.
    expect((await (await harness.open(short)).stats()).problem?.message).toContain('last changes');
  });

  it('says so when there is a folder in the place of its file, and leaves that alone', async () => {
    const dir = harness.dir();
    mkdirSync(database(dir), { recursive: true });
    const opened = await openStore(harness.options(dir));
    expect(opened.ok ? null : opened.error.code).toBe('STORE_UNWRITABLE');
    expect(statSync(database(dir)).isDirectory()).toBe(true);
  });

  it('leaves a damaged block out, tells, and reads the rest', async () => {
    const dir = await filled();
    const db = new DatabaseSync(database(dir));
    db.exec(
      "UPDATE chunks SET block = CAST(substr(block, 1, 60) || x'00' || substr(block, 62) AS BLOB) WHERE tier = 0 AND device = 1",
    );
    db.close();
    const store = await harness.open(dir);
    const problems: (Fault | null)[] = [];
    store.onProblem((problem) => problems.push(problem));
    expect(await valuesOf(store, 2)).toHaveLength(500);
    expect(await valuesOf(store, 1)).toEqual([]);
    await expect.poll(async () => (await store.stats()).problem?.code).toBe('STORE_DAMAGED');
    await store.commit(batch({ rows: [rows('a', [1], [[START + 1, 7]])] }));
    await store.settle();
    expect(await valuesOf(store, 1)).toEqual([7]);
  });

  it.each(['chunks_by_time', 'chunks'])(
    'answers and goes on when its %s turn out to be damaged',
    async (table) => {
      const dir = await filled();
      const store = await harness.open(dir);
      overwriteRoot(database(dir), table);
      expect(await valuesOf(store, 1)).toHaveLength(500);
      expect(await valuesOf(store, 2)).toHaveLength(500);
      expect((await store.stats()).problem?.code).toBe('STORE_DAMAGED');
      expect(readdirSync(dir).filter((name) => name.includes('damaged'))).not.toEqual([]);
      await store.commit(batch({ rows: [rows('a', [1], [[START + HOUR, 5]])] }));
      await store.close();
      const again = await harness.open(dir);
      expect(again.contents.series.map(({ id }) => id)).toEqual([1, 2]);
      expect(await valuesOf(again, 1)).toHaveLength(501);
    },
  );

  it.each([
    ['minutes', 1, 'UPDATE chunks SET block = zeroblob(length(block)) WHERE tier = 1'],
    ['hours', 60, 'UPDATE chunks SET block = zeroblob(length(block)) WHERE tier = 2'],
    ['both', 60, 'UPDATE chunks SET block = zeroblob(length(block)) WHERE tier > 0'],
    [
      'hours that are those of another device',
      60,
      `UPDATE chunks SET block = (SELECT block FROM chunks AS other WHERE tier = 2 AND device = 3 - chunks.device)
       WHERE tier = 2`,
    ],
  ])('computes damaged %s again from what they were made of', async (_name, minutes, damage) => {
    const dir = await filled();
    const query = { series: [1, 2], from: START, to: START + HOUR, points: 60 / minutes };
    const store = await harness.open(dir);
    const before = await store.query(query);
    expect(before[0]?.avg?.[0]).not.toBeNaN();
    await store.close();
    const db = new DatabaseSync(database(dir));
    expect(db.prepare(damage).run().changes).toBeGreaterThan(0);
    db.close();
    const damaged = await harness.open(dir);
    expect(await damaged.query(query)).toEqual(before);
    await damaged.settle();
    expect(await damaged.query(query)).toEqual(before);
    expect((await damaged.stats()).problem).toBeNull();
  });

  it('does not know roll-ups that are damaged and cannot be computed again', async () => {
    const dir = await filled();
    const db = new DatabaseSync(database(dir));
    db.exec('UPDATE chunks SET block = zeroblob(length(block)) WHERE device = 1');
    db.close();
    const store = await harness.open(dir);
    for (const points of [60, 1]) {
      const [lost, whole] = await store.query({ series: [1, 2], from: START, to: START + HOUR, points });
      expect(lost?.avg?.every((value) => Number.isNaN(value))).toBe(true);
      expect(whole?.avg?.[0]).not.toBeNaN();
    }
    await store.settle();
    expect((await store.stats()).problem?.message).toContain('samples of a from');
  });

  it('leaves the file of a newer version untouched', async () => {
    const dir = await filled();
    const db = new DatabaseSync(database(dir));
    db.exec('PRAGMA user_version = 99');
    db.close();
    const before = readFileSync(database(dir));
    const opened = await openStore(harness.options(dir));
    expect(opened.ok ? null : opened.error.code).toBe('STORE_NEWER');
    expect(readFileSync(database(dir))).toEqual(before);
    expect(readdirSync(dir).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('leaves a newer version alone that only the log tells of', async () => {
    const dir = await filled();
    const crashed = harness.dir();
    const db = new DatabaseSync(database(dir));
    db.exec('PRAGMA journal_mode = WAL; PRAGMA user_version = 99; CREATE TABLE tomorrow (x)');
    for (const suffix of ['', '-wal']) copyFileSync(database(dir) + suffix, database(crashed) + suffix);
    db.close();
    const opened = await openStore(harness.options(crashed));
    expect(opened.ok ? null : opened.error.code).toBe('STORE_NEWER');
    const after = new DatabaseSync(database(crashed));
    expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
    expect(after.prepare('SELECT * FROM tomorrow').all()).toEqual([]);
    after.close();
  });

  it('refuses a folder that it cannot write to', async () => {
    const file = join(harness.dir(), 'file');
    writeFileSync(file, '');
    for (const dir of [file, join(file, 'below')]) {
      const opened = await openStore(harness.options(dir));
      expect(opened.ok ? null : opened.error.code).toBe('STORE_UNWRITABLE');
    }
    expect(statSync(file).size).toBe(0);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'refuses a read-only folder',
    async () => {
      const dir = join(harness.dir(), 'read-only');
      mkdirSync(dir, { mode: 0o500 });
      const opened = await openStore(harness.options(dir));
      expect(opened.ok ? null : opened.error.code).toBe('STORE_UNWRITABLE');
    },
  );

  it('does not share a folder with another', async () => {
    const dir = harness.dir();
    const store = await harness.open(dir);
    const second = await openStore(harness.options(dir));
    expect(second.ok ? null : second.error.code).toBe('STORE_IN_USE');
    await store.close();
    await harness.open(dir);
  });

  it('rejects commits while there is no room, keeps what it has, and goes on when there is', async () => {
    const dir = harness.dir();
    const store = await harness.open(dir, { maxFileBytes: 400 * 1_024 });
    const problems: (string | undefined)[] = [];
    store.onProblem((problem) => problems.push(problem?.code));
    await store.commit(batch({ series: [seriesOf('a', 1), seriesOf('b', 2)] }));
    const noise = (device: string, id: number, count: number) =>
      rows(
        device,
        [id],
        Array.from({ length: count }, (_, i) => [START + i, Math.random()]),
      );
    let stored = 0;
    let code: unknown = null;
    for (let i = 0; i < 50 && code === null; i++) {
      const piece = rows(
        'a',
        [1],
        Array.from({ length: 4_000 }, (_, k) => [START + stored + k, Math.random()]),
      );
      await store.commit(batch({ rows: [piece] })).then(
        () => (stored += 4_000),
        (error: unknown) => (code = error instanceof Error && 'code' in error ? error.code : error),
      );
    }
    expect(code).toBe('STORE_FULL');
    expect((await store.stats()).problem?.code).toBe('STORE_FULL');
    expect(await valuesOf(store, 1)).toHaveLength(stored);
    await expect(store.commit(batch({ rows: [noise('b', 2, 50_000)] }))).rejects.toMatchObject({
      code: 'STORE_FULL',
    });
    await store.close();
    const roomy = await harness.open(dir, { maxFileBytes: 4_000 * 1_024 });
    await roomy.commit(batch({ rows: [noise('b', 2, 5_000)] }));
    expect((await roomy.stats()).problem).toBeNull();
    expect(await valuesOf(roomy, 1)).toHaveLength(stored);
    expect(problems).toContain('STORE_FULL');
  });

  it('says that it is closed when its worker dies', async () => {
    const opened = await openStore(
      harness.options(harness.dir(), { workerFile: join(harness.dir(), 'missing.mjs') }),
    );
    expect(opened.ok ? null : opened.error.code).toBe('STORE_FAILED');
  });
});

describe('retention', () => {
  it('drops each tier by its own age, and the coarser still answers', async () => {
    const dir = harness.dir();
    const now = Date.now();
    const store = await harness.open(dir, { retention: { ...RETENTION, rawDays: 30 } });
    const old = Math.floor((now - 12 * DAY) / HOUR) * HOUR;
    await store.commit(batch({ series: [seriesOf('a', 1), seriesOf('a', 2, 'counter')] }));
    for (const from of [old, START]) {
      const values = Array.from({ length: 360 }, (_, i) => [from + i * 10_000, i % 6, i * 10]);
      await store.commit(batch({ rows: [rows('a', [1, 2], values)] }));
    }
    await store.settle();
    const query = { series: [1, 2], from: old, to: old + HOUR, points: 120 };
    expect((await store.query(query))[0]?.avg?.filter((value) => !Number.isNaN(value))).toHaveLength(120);
    await store.setRetention({ ...RETENTION, rawDays: 7 });
    await store.settle();
    expect(await valuesOf(store, 1, old, old + HOUR)).toEqual([]);
    expect(await valuesOf(store, 1, START, START + HOUR)).toHaveLength(360);
    const [gauge, counter] = await store.query({ ...query, points: 60 });
    expect(Array.from(gauge?.avg ?? [])).toEqual(new Array(60).fill(2.5));
    expect(counter?.avg?.[30]).toBe(1);
    const fine = await store.query(query);
    expect(fine[0]?.avg?.filter((value) => !Number.isNaN(value))).toHaveLength(60);
    // A late row adds to an hour that is already rolled up, although its neighbours are gone.
    await store.commit(batch({ rows: [rows('a', [1], [[old + 5_000, 100]])] }));
    await store.settle();
    const [late] = await store.query({ ...query, points: 60 });
    expect([late?.min?.[0], late?.max?.[0], late?.avg?.[0]]).toEqual([0, 100, 115 / 7]);
    await store.setRetention({ ...RETENTION, minuteDays: 10 });
    await store.settle();
    const [hour] = await store.query({ ...query, points: 1 });
    expect([hour?.min?.[0], hour?.max?.[0], hour?.avg?.[0]]).toEqual([0, 100, (360 * 2.5 + 100) / 361]);
    await store.close();
    const again = await harness.open(dir);
    expect((await again.query({ ...query, points: 1 }))[0]?.max?.[0]).toBe(100);
  });

  it('keeps to the budget, the oldest samples first, and uses freed pages again', async () => {
    const budgetBytes = 1_500_000;
    const store = await harness.open(undefined, { retention: { ...RETENTION, budgetBytes } });
    await store.commit(batch({ series: [seriesOf('a', 1), seriesOf('b', 2)] }));
    const first = Math.floor((Date.now() - 6 * DAY) / DAY) * DAY;
    for (let hour = 0; hour < 96; hour++) {
      for (const [device, id] of [
        ['a', 1],
        ['b', 2],
      ] as const) {
        const values = Array.from({ length: 3_600 }, (_, i) => [
          first + hour * HOUR + i * 1_000,
          Math.random(),
        ]);
        await store.commit(batch({ rows: [rows(device, [id], values)] }));
      }
      if (hour % 8 === 7) await store.settle();
    }
    await store.settle();
    const { fileBytes, tiers } = await store.stats();
    expect(fileBytes).toBeLessThan(budgetBytes * 1.6);
    const raw = tiers.find(({ tier }) => tier === 'raw');
    const minutes = tiers.find(({ tier }) => tier === 'minute');
    expect(raw?.newest).toBe(first + 96 * HOUR - 1_000);
    expect(raw?.oldest).toBeGreaterThan(first + 24 * HOUR);
    expect(minutes?.oldest).toBe(first);
  });
});

function overwrite(path: string, from: number, to: number): void {
  expect(existsSync(path)).toBe(true);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(to - from, 0xff), 0, to - from, from);
  closeSync(file);
}

/** Damages the first page of a table or an index. */
function overwriteRoot(path: string, name: string): void {
  const db = new DatabaseSync(path, { readOnly: true });
  const root = Number(
    db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name)?.['rootpage'],
  );
  db.close();
  overwrite(path, (root - 1) * 4_096, root * 4_096);
}
