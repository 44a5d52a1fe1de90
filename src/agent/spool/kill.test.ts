import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'vite';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { recordingLogger, temporaryFolder } from '../testing/test-support';
import { ManualClock } from '../../../tests/fakes/manual-clock';
import { DEFAULT_SPOOL_LIMITS, SpoolQueue } from './spool-queue';

const root = resolve(import.meta.dirname, '../../..');
const outDir = join(root, 'node_modules', '.cache', 'wirewatch-spool-test');
const ROUNDS = 12;

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': join(root, 'src/shared') } },
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: join(import.meta.dirname, 'spool-child.ts'),
      outDir,
      emptyOutDir: true,
      rolldownOptions: {
        external: [...builtinModules, /^node:/],
        output: { format: 'es', entryFileNames: 'spool-child.mjs' },
      },
    },
  });
});

/** Starts a process that pushes rows from `start` on, and kills it meanwhile. Returns the last row that it reported. */
async function pushAndKill(folder: string, start: number): Promise<number> {
  const child = spawn(process.execPath, [join(outDir, 'spool-child.mjs'), folder, String(start)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (data) => (output += String(data)));
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  await sleep(5 + Math.random() * 60);
  child.kill('SIGKILL');
  await closed;
  return Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1));
}

it('a process killed while it pushes loses nothing that it pushed, and doubles nothing', async () => {
  const folder = temporaryFolder();
  const limits = { ...DEFAULT_SPOOL_LIMITS, ageMs: 1e12 };
  /** The hub's side: the last `seq` received of each stream, and the rows. */
  const marks = new Map<string, number>();
  const received: number[] = [];
  let start = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const reported = await pushAndKill(folder, start);
    const log = recordingLogger();
    const queue = new SpoolQueue({ folder, limits, clock: new ManualClock(), log });
    let last = start - 1;
    for (const stream of queue.streams) {
      // As at the welcome: rows that the hub already has are not sent again.
      queue.acknowledge(stream, marks.get(stream) ?? 0);
      for (let after = 0; ;) {
        const rows = queue.take(stream, after, 100, 1e9);
        after = rows.at(-1)?.seq ?? after;
        for (const { values } of rows) last = Math.max(last, values[0] ?? -1);
        if (rows.length === 0) break;
        // In every other round the hub gets only the first rows, and in two of three rounds the queue gets no
        // confirmation.
        if (round < ROUNDS - 1 && round % 2 === 1 && rows[0] && rows[0].seq > 300) continue;
        for (const { values } of rows) {
          expect(values[1]).toBe((values[0] ?? 0) / 2);
          received.push(values[0] ?? -1);
        }
        marks.set(stream, after);
        if (round % 3 === 0) queue.acknowledge(stream, after);
      }
    }
    expect(last).toBeGreaterThanOrEqual(reported);
    expect(log.lines.filter((line) => !line.startsWith('info'))).toEqual([]);
    expect(queue.takeLost()).toBeNull();
    queue.close();
    start = last + 1;
  }
  expect(start).toBeGreaterThan(ROUNDS * 50);
  expect(received.sort((a, b) => a - b)).toEqual(Array.from({ length: start }, (_, i) => i));
});
