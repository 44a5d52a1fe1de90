import { join } from 'node:path';
import { systemClock } from '@shared/clock';
import { FaultError, type Result } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { Retention, SampleStore } from './hub/store-contract/store-contract';
import { openStore } from './hub/history/worker-store';
import { readSavedRetention } from './hub/settings/settings-store';

/** For commands that read or add to history: only a running hub deletes old data. */
const FORGET_NOTHING: Retention = {
  rawDays: Number.POSITIVE_INFINITY,
  minuteDays: Number.POSITIVE_INFINITY,
  hourDays: Number.POSITIVE_INFINITY,
  budgetBytes: Number.POSITIVE_INFINITY,
};

/**
 * Opens the history of a running hub, with the retention from the settings. Whatever is wrong with it, the hub runs: it
 * shows live data, serves the data that it can read, stores and acknowledges nothing, and opens the database as soon as
 * it can.
 */
export async function keepHistory(dataDir: string, workerFile: string, log: Logger): Promise<SampleStore> {
  const retention = readSavedRetention(dataDir);
  const opened = await openStore({ ...optionsOf(dataDir, workerFile, log), retention, keepTrying: true });
  // With `keepTrying` there is always a store.
  if (!opened.ok) throw new FaultError(opened.error.code, opened.error.message);
  const store = opened.value;
  if (!store.isOpen && store.problem) {
    const { code, message } = store.problem;
    log.error(`${message} Nothing is stored until history opens; that is tried again and again.`, { code });
  }
  return store;
}

/**
 * Opens the history of a folder that no hub uses; fails with the reason why it cannot be opened. It deletes nothing.
 */
export function openHistory(dataDir: string, workerFile: string, log: Logger): Promise<Result<SampleStore>> {
  return openStore({ ...optionsOf(dataDir, workerFile, log), retention: FORGET_NOTHING });
}

function optionsOf(dataDir: string, workerFile: string, log: Logger) {
  return { dir: join(dataDir, 'history'), workerFile, clock: systemClock, log };
}
