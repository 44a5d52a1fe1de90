import { join } from 'node:path';
import { systemClock } from '@shared/clock';
import type { Fault } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { SampleStore } from './hub/store/store-contract';
import { openStore } from './hub/store/store';
import { readSavedRetention } from './hub/settings';

export interface OpenedHistory {
  store: SampleStore | null;
  /** Why there is no store, when there should be one. */
  problem: Fault | null;
}

/**
 * Opens the database in the data folder. Whatever is wrong with it, the hub runs: in memory then, saying why, with the
 * file left as it is.
 */
export async function openHistory(dataDir: string, workerFile: string, log: Logger): Promise<OpenedHistory> {
  const opened = await openStore({
    dir: join(dataDir, 'history'),
    retention: readSavedRetention(dataDir),
    workerFile,
    clock: systemClock,
    log,
  });
  if (opened.ok) return { store: opened.value, problem: null };
  log.error(`${opened.error.message} Samples are kept in memory only.`, { code: opened.error.code });
  return { store: null, problem: opened.error };
}
