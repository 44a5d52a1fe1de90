import { mkdtempSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commitBatches } from './commit';
import { openDatabase } from './database';
import { Maintenance } from './maintenance';
import { MERGE_AT_CHUNKS } from './merger';
import { loadState, type StoreState } from './state';
import type { RowBatch } from '../store-contract/store-contract';
import { batch, RETENTION, rows, seriesOf } from '../store-contract/testing/batches';
import { DAY_MS, RAW } from '../store-contract/tiers';

const START = Date.UTC(2026, 2, 12, 12);
const BUSY = [1, 2, 3, 4];
/** More than a minute of rows, and as many as make a device due. */
const DUE_ROWS = 700;
const DUE_MS = 70_000;

describe('while rows never cease to come and have to be sealed', () => {
  let dir: string;
  let db: DatabaseSync;
  let state: StoreState;
  let maintenance: Maintenance;
  let rounds: number;

  beforeEach(() => {
    vi.useFakeTimers({ now: START + 20 * 60_000 });
    dir = mkdtempSync(join(tmpdir(), 'wirewatch-maintenance-'));
    const opened = openDatabase(dir, Date.now());
    if (!opened.ok) throw new Error(opened.error.message);
    db = opened.value.db;
    ({ state } = loadState(db, opened.value.path));
    maintenance = new Maintenance(state, { ...RETENTION, rawDays: 30 }, (_damaged, error) => {
      throw error;
    });
    commitBatches(state, [batch({ series: BUSY.map((id) => seriesOf(`busy${id}`, id)) })], Date.now());
    rounds = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
    db.close();
    rmSync(dir, { recursive: true, force: true });
  });

  function commit(...list: RowBatch[]): void {
    for (const device of commitBatches(state, [batch({ rows: list })], Date.now())) maintenance.grown(device);
  }

  /** A device whose samples of a day, long ago, are in chunks. */
  function addSealed(device: string, id: number, from: number): void {
    commitBatches(state, [batch({ series: [seriesOf(device, id)] })], Date.now());
    const values = Array.from({ length: DUE_ROWS }, (_, i) => [from + i * 120_000, i]);
    commit(rows(device, [id], values));
    maintenance.settle();
    expect(chunksOf(device)).toBeGreaterThan(0);
  }

  /** Steps that each find journals that wait to be sealed. */
  function stepWhileBusy(steps: number): void {
    for (let i = 0; i < steps; i++) {
      if (!maintenance.isUrgent) {
        const from = START + rounds++ * DUE_MS;
        const values = Array.from({ length: DUE_ROWS }, (_, k) => [from + (k * DUE_MS) / DUE_ROWS, k]);
        commit(...BUSY.map((id) => rows(`busy${id}`, [id], values)));
      }
      expect(maintenance.isUrgent).toBe(true);
      maintenance.step();
    }
  }

  const count = (sql: string, ...values: number[]): number => Number(db.prepare(sql).get(...values)?.['n']);
  const chunksOf = (name: string): number =>
    count(
      'SELECT count(*) AS n FROM chunks WHERE device = ? AND tier = ?',
      state.catalog.ensure(name).id,
      RAW,
    );

  it('samples that are too old go all the same', () => {
    addSealed('old', 10, START - 10 * DAY_MS);
    maintenance.setRetention({ ...RETENTION, rawDays: 7 });
    stepWhileBusy(60);
    expect(chunksOf('old')).toBe(0);
  });

  it('what is left of deleted devices goes all the same', () => {
    addSealed('gone', 10, START - DAY_MS);
    const gone = state.catalog.ensure('gone');
    state.catalog.remove(gone);
    state.catalog.forget(gone);
    maintenance.removed(gone);
    stepWhileBusy(60);
    expect(count('SELECT count(*) AS n FROM chunks WHERE device = ?', gone.id)).toBe(0);
    expect(count('SELECT count(*) AS n FROM devices WHERE id = ?', gone.id)).toBe(0);
  });

  it('small chunks are merged all the same', () => {
    stepWhileBusy(300);
    expect(rounds).toBeGreaterThan(5 * MERGE_AT_CHUNKS);
    for (const id of BUSY) expect(chunksOf(`busy${id}`)).toBeLessThan(2 * MERGE_AT_CHUNKS);
  });
});
