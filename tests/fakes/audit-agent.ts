import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@shared/clock';
import { silentLogger } from '@shared/logger';
import { createAgent } from '../../src/agent/agent';
import { DEFAULT_SPOOL_LIMITS, SpoolQueue } from '../../src/agent/spool/spool-queue';

/**
 * An agent that numbers every sample: `audit-agent URL FOLDER`. Before and after passing number N to its queue it
 * writes `i N` and `d N` to `FOLDER/taken`. However the process is killed, every `d` must reach the hub exactly once,
 * and an `i` without its `d` at most once.
 */
const [url = '', folder = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const file = join(folder, 'taken');
const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
let next = Math.max(-1, ...lines.map((line) => Number(line.slice(2)))) + 1;

const queue = new SpoolQueue({
  folder: join(folder, 'spool'),
  limits: DEFAULT_SPOOL_LIMITS,
  clock: systemClock,
  log: silentLogger,
});
const push = queue.push.bind(queue);
queue.push = (t, schema, values, settled) => {
  appendFileSync(file, `i ${values[0]}\n`);
  push(t, schema, values, settled);
  appendFileSync(file, `d ${values[0]}\n`);
};

const agent = createAgent({
  url,
  name: 'audit',
  dataDir: folder,
  minIntervalMs: 100,
  timings: { retryBaseMs: 200, retryCapMs: 1_000, silenceMs: 3_000, watchEveryMs: 500 },
  queue,
  collectors: [
    {
      name: 'agent',
      everyMs: 0,
      read: (slots) =>
        slots.set('number', next++, () => ({ name: 'audit.number', unit: '1', kind: 'gauge' })),
    },
  ],
});
const started = await agent.start();
if (!started.ok) {
  console.error(started.error.message);
  process.exit(2);
}
