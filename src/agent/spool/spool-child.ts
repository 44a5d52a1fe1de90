import { writeSync } from 'node:fs';
import { systemClock } from '@shared/clock';
import { silentLogger } from '@shared/logger';
import { DEFAULT_SPOOL_LIMITS, SpoolQueue } from './spool-queue';

/**
 * For `kill.test.ts`: pushes rows that count up from its second argument until it is killed, and reports them on
 * stdout.
 */
const [, , folder = '', start = '0'] = process.argv;
const limits = { ...DEFAULT_SPOOL_LIMITS, ageMs: 1e13 };
const queue = new SpoolQueue({ folder, limits, clock: systemClock, log: silentLogger });
let schema = { version: 1, series: [{ name: 'count' }, { name: 'half' }] };

for (let i = Number(start); ; i++) {
  if (i % 500 === 0) schema = { version: schema.version + 1, series: [...schema.series] };
  if (i % 700 === 0) queue.openStream();
  queue.push(i, schema, [i, i / 2], true);
  writeSync(1, `${i}\n`);
}
