import { FaultError, toFault } from '@shared/errors';
import type { WorkerOptions } from '../store-contract/store-messages';
import { openDatabase, putAside, type OpenedDatabase } from './database';
import { isDamage, toStoreFault } from './sqlite-errors';
import { loadState } from './state';

export type OpenedState = ReturnType<typeof loadState> & Pick<OpenedDatabase, 'setAside' | 'damagedLog'>;

/**
 * Opens the file and reads what is kept in memory of it; when its names turn out to be damaged, it goes aside and a new
 * one is begun. Throws a `FaultError`.
 */
export function openState(options: WorkerOptions): OpenedState {
  const { db, path, setAside, damagedLog } = open(options);
  try {
    return { ...loadAndTidy(db, path), setAside, damagedLog };
  } catch (error) {
    db.close();
    if (!isDamage(error)) throw toStoreFault(error);
    const aside = { path: putAside(path, Date.now()), reason: toFault(error).message };
    const fresh = open(options);
    return { ...loadAndTidy(fresh.db, fresh.path), setAside: aside, damagedLog };
  }
}

function loadAndTidy(db: OpenedDatabase['db'], path: string): ReturnType<typeof loadState> {
  const loaded = loadState(db, path);
  loaded.state.records.tidy(loaded.contents.damagedRecords, Date.now());
  return loaded;
}

function open({ dir, maxFileBytes }: WorkerOptions): OpenedDatabase {
  const opened = openDatabase(dir, Date.now(), maxFileBytes);
  if (!opened.ok) throw new FaultError(opened.error.code, opened.error.message);
  return opened.value;
}
