import { FaultError, toFault } from '@shared/errors';
import type { WorkerOptions } from '../store-contract/store-messages';
import { openDatabase, replaceOrSay, type OpenedDatabase } from './database';
import { isDamage, toStoreFault } from './sqlite-errors';
import { loadState } from './state';

export type OpenedState = ReturnType<typeof loadState> & Pick<OpenedDatabase, 'replaced'>;

/**
 * Opens the file and reads what is kept in memory of it; when its names turn out to be damaged, what can be read is
 * copied to a new one. Throws a `FaultError`.
 */
export function openState(options: WorkerOptions): OpenedState {
  const { db, path, replaced } = open(options);
  try {
    return { ...loadAndTidy(db, path), replaced };
  } catch (error) {
    db.close();
    if (!isDamage(error)) throw toStoreFault(error);
    const again = replaceOrSay(path, toFault(error).message, Date.now());
    if (!again.ok) throw new FaultError(again.error.code, again.error.message);
    const fresh = open(options);
    return { ...loadAndTidy(fresh.db, fresh.path), replaced: again.value };
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
