import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KillTrial } from '../src/main/hub/history/testing/kill-trial';
import { projectRoot } from './programs';

/**
 * `npm run kill [-- --kills N]`: kills a store N times (100) while it commits, seals, rolls up, merges and deletes by a
 * small budget, and compares what is on disk with what must be there after each. Exits with 1 when a row is lost or
 * doubled.
 */
const at = process.argv.indexOf('--kills');
const kills = Number(at < 0 ? 100 : process.argv[at + 1]);
const dir = mkdtempSync(join(tmpdir(), 'wirewatch-kill-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
const trial = new KillTrial(dir, {
  churner: join(import.meta.dirname, 'churner.js'),
  worker: join(projectRoot(), 'out', 'main', 'store-worker.js'),
});
let failures = 0;
let last = { acknowledged: 0, rows: 0, dropped: 0 };
for (let i = 1; i <= kills; i++) {
  const { wrong, ...checked } = await trial.round();
  last = checked;
  for (const what of wrong) console.log(`kill ${i}: ${what}`);
  if (wrong.length > 0) failures++;
}
console.log(
  `${kills} kills: ${last.acknowledged + 1} commits acknowledged, ${last.rows} rows on disk, ${last.dropped} of each device deleted for the budget.`,
);
console.log(failures === 0 ? '0 lost, 0 doubled.' : `Something was wrong after ${failures} kills.`);
process.exit(failures === 0 ? 0 : 1);
