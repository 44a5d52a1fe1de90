import { systemClock } from '@shared/clock';
import { silentLogger } from '@shared/logger';
import { churnBatch, CHURN_RETENTION, churnSeries } from './churn';
import { openStore } from '../worker-store';

/**
 * `churner DIR WORKER START FIRST`: commits the batches of `churn.ts` from number FIRST on, prints each number once it is
 * on disk, and asks for old data to be deleted now and then. Runs until it is killed.
 */
const DELETE_EVERY = 5;
const [dir = '', workerFile = '', start = '0', first = '0'] = process.argv.slice(2);
const opened = await openStore({
  dir,
  workerFile,
  retention: CHURN_RETENTION,
  clock: systemClock,
  log: silentLogger,
});
if (!opened.ok) throw new Error(opened.error.message);
const store = opened.value;
await store.commit({ series: churnSeries(), rows: [], marks: [], events: [] });
for (let n = Number(first); ; n++) {
  await store.commit(churnBatch(Number(start), n));
  process.stdout.write(`${n}\n`);
  if (n % DELETE_EVERY === 0) void store.setRetention(CHURN_RETENTION);
}
