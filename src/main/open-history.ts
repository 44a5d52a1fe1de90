import { join } from 'node:path';
import { systemClock } from '@shared/clock';
import type { Fault } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { Retention, SampleStore } from './hub/store-contract/store-contract';
import { openStore } from './hub/history/worker-store';
import { readSavedRetention } from './hub/settings/settings-store';

export interface OpenedHistory {
  store: SampleStore | null;
  /** Why there is no store although there should be. */
  problem: Fault | null;
}

/** For commands that read or add to history: only a running hub deletes old data. */
export const FORGET_NOTHING: Retention = {
  rawDays: Number.POSITIVE_INFINITY,
  minuteDays: Number.POSITIVE_INFINITY,
  hourDays: Number.POSITIVE_INFINITY,
  budgetBytes: Number.POSITIVE_INFINITY,
};

/**
 * Opens the database in the data folder, with the retention from the settings there. Whatever is wrong with it, the
 * hub still runs: it then keeps samples in memory, says why, and leaves the file as it is.
 */
export async function openHistory(
  dataDir: string,
  workerFile: string,
  log: Logger,
  retention = readSavedRetention(dataDir),
): Promise<OpenedHistory> {
  const opened = await openStore({
    dir: join(dataDir, 'history'),
    retention,
    workerFile,
    clock: systemClock,
    log,
  });
  if (opened.ok) return { store: opened.value, problem: null };
  log.error(`${opened.error.message} Samples are kept in memory only.`, { code: opened.error.code });
  return { store: null, problem: opened.error };
}
