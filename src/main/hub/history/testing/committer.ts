import { systemClock } from '@shared/clock';
import { silentLogger } from '@shared/logger';
import { openStore } from '../worker-store';

/**
 * `committer DIR WORKER FIRST`: commits one row after another, each with its number as value and mark, and prints the
 * number once the row is on disk. Runs until it is killed.
 */
const [dir = '', workerFile = '', first = '0'] = process.argv.slice(2);
const opened = await openStore({
  dir,
  workerFile,
  retention: { rawDays: 7, minuteDays: 90, hourDays: 1_825, budgetBytes: 5e9 },
  clock: systemClock,
  log: silentLogger,
});
if (!opened.ok) throw new Error(opened.error.message);
const store = opened.value;
const startedAt = Date.now() - 3_600_000;
const device = 'counting';
const one = {
  device,
  metric: 'n',
  labels: {},
  unit: '1',
  isUnitGuessed: false,
  kind: 'gauge',
  title: null,
  min: null,
  max: null,
} as const;
await store.commit({ series: [{ ...one, id: 1, key: 'n' }], rows: [], marks: [], events: [] });
for (let n = Number(first); ; n++) {
  await store.commit({
    series: [],
    rows: [{ device, series: Int32Array.of(1), t: Float64Array.of(startedAt + n), v: Float64Array.of(n) }],
    marks: [{ device, stream: 'spool', seq: n }],
    events: [],
  });
  process.stdout.write(`${n}\n`);
}
