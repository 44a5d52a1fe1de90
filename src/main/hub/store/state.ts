import type { DatabaseSync } from 'node:sqlite';
import { Catalog } from './catalog';
import { ChunkTable } from './chunk-table';
import { HourTable } from './hours';
import { Journal } from './journal';
import { RecordTable } from './record-table';
import { Floors } from './retention';
import type { StoreContents } from '../store-contract/store-contract';
import { RAW } from '../store-contract/tiers';

/** An open database and its in-memory state. */
export interface StoreState {
  db: DatabaseSync;
  path: string;
  catalog: Catalog;
  journal: Journal;
  chunks: ChunkTable;
  hours: HourTable;
  floors: Floors;
  records: RecordTable;
}

/** Reads names, marks, the journal's index and little else, so it is quick however large the file. */
export function loadState(db: DatabaseSync, path: string): { state: StoreState; contents: StoreContents } {
  const catalog = new Catalog(db);
  const names = catalog.load();
  const journal = new Journal(db);
  journal.load(db, catalog, performance.now());
  const hours = new HourTable(db);
  hours.load(db, catalog);
  const newest = db.prepare(
    'SELECT to_t FROM chunks WHERE device = ? AND tier = ? ORDER BY from_t DESC LIMIT 8',
  );
  for (const device of catalog.devices) {
    for (const row of newest.all(device.id, RAW)) {
      device.newestSealed = Math.max(device.newestSealed, Number(row['to_t']));
    }
  }
  const records = new RecordTable(db);
  const contents = { ...names, newest: newestOf(catalog), ...records.load() };
  const chunks = new ChunkTable(db);
  const state = { db, path, catalog, journal, chunks, hours, floors: new Floors(db), records };
  return { state, contents };
}

/** The time of the newest sample of each device. */
export function newestOf(catalog: Catalog): Map<string, number> {
  const newest = new Map<string, number>();
  for (const { name, journal, newestSealed } of catalog.devices) {
    const time = journal.reduce((latest, { to }) => Math.max(latest, to), newestSealed);
    if (time > Number.NEGATIVE_INFINITY) newest.set(name, time);
  }
  return newest;
}
