import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreHarness } from './testing/harness';
import type { KeptRecord } from '../store-contract/records';
import { batch } from '../store-contract/testing/batches';

let harness: StoreHarness;
beforeAll(async () => {
  harness = await StoreHarness.create();
});
afterAll(() => harness.dispose());

const record = (id: string, body: string | null, rev = Date.now()): KeptRecord => ({
  kind: 'device',
  id,
  rev,
  body,
});

function inFile<T>(dir: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(join(dir, 'history.db'));
  try {
    return work(db);
  } finally {
    db.close();
  }
}

async function filled(records: KeptRecord[]): Promise<string> {
  const dir = harness.dir();
  const store = await harness.open(dir);
  await store.commit(batch({ records }));
  await store.close();
  return dir;
}

describe('records in the database', () => {
  it('are there after a restart, by kind, each in its newest version', async () => {
    const now = Date.now();
    const dir = await filled([record('a', '1', now), { ...record('a', '7', now), kind: 'token-use' }]);
    const store = await harness.open(dir);
    await store.commit(batch({ records: [record('a', 'older', now - 1), record('b', null, now)] }));
    await store.commit(batch({ records: [record('a', '2', now + 1)] }));
    await store.close();
    const { contents } = await harness.open(dir);
    expect(contents.records).toHaveLength(3);
    expect(contents.records).toEqual(
      expect.arrayContaining([
        record('a', '2', now + 1),
        record('b', null, now),
        { ...record('a', '7', now), kind: 'token-use' },
      ]),
    );
  });

  it('touch one row each', async () => {
    const dir = await filled(Array.from({ length: 50 }, (_, i) => record(`d${i}`, 'x'.repeat(200), i + 1)));
    const before = inFile(dir, (db) => db.prepare('SELECT * FROM known_devices ORDER BY id').all());
    const store = await harness.open(dir);
    await store.commit(batch({ records: [record('d7', 'y', 1_000)] }));
    await store.close();
    const after = inFile(dir, (db) => db.prepare('SELECT * FROM known_devices ORDER BY id').all());
    expect(after.filter((row, i) => row['rev'] !== before[i]?.['rev'])).toMatchObject([{ id: 'd7' }]);
  });

  it.each(['body', 'rev', 'sum', 'id'])(
    'whose %s is damaged are put aside alone, and named',
    async (column) => {
      const dir = await filled([record('a', '{"id":"a"}', 5), record('b', '{"id":"b"}', 5)]);
      const wrong = { body: `'{"id":"e"}'`, rev: '6', sum: 'sum + 1', id: `'e'` }[column];
      inFile(dir, (db) => db.exec(`UPDATE known_devices SET ${column} = ${wrong} WHERE id = 'a'`));
      const store = await harness.open(dir);
      expect(store.contents.records).toEqual([record('b', '{"id":"b"}', 5)]);
      const id = column === 'id' ? 'e' : 'a';
      expect(store.contents.damagedRecords).toEqual([{ kind: 'device', id }]);
      await store.commit(batch({ records: [record('a', 'from the copy', 6)] }));
      await store.close();
      expect(inFile(dir, (db) => db.prepare('SELECT kind, id FROM damaged_records').all())).toEqual([
        { kind: 'device', id },
      ]);
      const again = await harness.open(dir);
      expect(again.contents.damagedRecords).toEqual([]);
      expect(again.contents.records).toContainEqual(record('a', 'from the copy', 6));
    },
  );

  it('are copied out of a damaged file, and told apart by their kind', async () => {
    const records = Array.from({ length: 40 }, (_, i) => record(`d${i}`, `{"id":"d${i}"}`, i + 1));
    const uses = records.map((one): KeptRecord => ({ ...one, kind: 'token-use', body: '{"uses":1}' }));
    const dir = await filled([...records, ...uses]);
    const file = openSync(join(dir, 'history.db'), 'r+');
    writeSync(file, Buffer.alloc(100, 0xff), 0, 100, 100);
    closeSync(file);
    const store = await harness.open(dir);
    expect((await store.stats()).problem?.code).toBe('STORE_DAMAGED');
    expect(store.contents.records).toHaveLength(80);
    expect(store.contents.records).toEqual(expect.arrayContaining([...records, ...uses]));
  });
});
