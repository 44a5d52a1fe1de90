import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fail, succeed, type Result } from '@shared/errors';
import { prepareDataDir } from '../data-dir';
import { createHub } from '../hub/hub';
import type { Hub } from '../hub/hub-contract';
import { installPaths } from '../install-paths';
import { createLogger } from '../log';
import { openHistory } from '../open-history';

/**
 * Opens the hub of a data folder that no running hub uses, to read or write its history. It does not listen, and it
 * deletes nothing for its age, because reading a backup must not shrink it. For reading, a history must exist; for
 * writing, it is created if missing. Fails with `NO_HISTORY_THERE`, `DATA_DIR_UNWRITABLE`, or the reason why the
 * history cannot be opened.
 */
export async function openOfflineHub(folder: string, purpose: 'read' | 'write'): Promise<Result<Hub>> {
  if (purpose === 'read' && !existsSync(join(folder, 'history'))) {
    return fail('NO_HISTORY_THERE', `The folder ${resolve(folder)} contains no history.`);
  }
  const prepared = prepareDataDir(folder);
  if (!prepared.ok) return prepared;
  const { storeWorker, version } = installPaths();
  const log = createLogger({ level: 'error', format: 'lines' });
  const quiet = { ...log, error: () => {} };
  const opened = await openHistory(prepared.value, storeWorker, quiet);
  if (!opened.ok) return opened;
  const store = opened.value;
  const runtime = `node ${process.versions.node}`;
  return succeed(
    createHub({ dataDir: prepared.value, host: '127.0.0.1', port: 0, version, runtime, store, log }),
  );
}
