import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@shared/clock';
import { silentLogger } from '@shared/logger';
import { openStore, type OpenedStore } from '../src/main/hub/history/worker-store';
import { projectRoot } from './programs';

const RETENTION = { rawDays: 30, minuteDays: 90, hourDays: 1_826, budgetBytes: 50 * 1024 ** 3 };

/** Opens a store as the hub does, with room for all data of a bench. */
export async function openBenchStore(dir: string): Promise<OpenedStore> {
  const opened = await openStore({
    dir,
    retention: RETENTION,
    workerFile: join(projectRoot(), 'out', 'main', 'store-worker.js'),
    clock: systemClock,
    log: silentLogger,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

/** Returns the bytes of all files in a store's folder. */
export function storeBytes(dir: string): number {
  return readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
}
