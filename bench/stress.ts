import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { startHub, type Server } from './programs';
import { runNeighbours } from './stress-neighbours';
import { connectUi } from './ui-client';

/**
 * `npm run stress [-- --seconds 30 --agents 100 --rate 2 --json --quick]`: attacks the hub, run as users run it with
 * its default limits, from one address and from many, while honest agents report. Prints how many samples they lost,
 * how long samples took to reach a UI, and how the attack affected the hub's memory. Exits with 1 if a promise was
 * broken. Then come neighbours, one row each, or only one with `--only pending|noisy|exports|import` (`--only attack`: none
 * of them): see `stress-neighbours.ts`. `--gigabytes 2` is the size of the import.
 */
const LATENCY_P99_MS = 300;
const GROWTH_MB = 100;
const RECOVER_MS = 25_000;

const REFUSED_PER_SEC = 10_000 / 30;
const SILENT = 2_000;

const seconds = Number(option('seconds', '30'));
const agents = Number(option('agents', '100'));
const rate = Number(option('rate', '2'));
const isJson = process.argv.includes('--json');
/** A quick check instead of a measurement: does not wait for memory to be released. */
const isQuick = process.argv.includes('--quick');

const only = option('only', '');
let isKept = true;
if (only === '' || only === 'attack') {
  const server = await startHub({}, true, 'sqlite');
  isKept = await run(server).finally(() => server.stop());
}
if (!isQuick && only !== 'attack') {
  const scale = { seconds, agents, gigabytes: Number(option('gigabytes', '2')) };
  isKept = (await runNeighbours(only, scale, isJson)) && isKept;
}
process.exit(isKept ? 0 : 1);

async function run(hub: Server): Promise<boolean> {
  const honest = program('stress-agents', [String(hub.port), String(agents), String(rate)]);
  await honest.line();
  const ui = await connectUi(hub.port);
  const devices = await ui.api.call('listDevices', {});
  const series: number[] = [];
  for (const { id } of devices) {
    const [number] = await ui.api.call('listSeries', { device: id });
    if (number) series.push(number.id);
  }
  const latencies: number[] = [];
  ui.api.openFeed({ series, windowMs: 60_000, flushMs: 50 }, (frame) => {
    if (frame.kind === 'snapshot') return;
    const now = Date.now();
    for (const block of frame.blocks) for (const time of block.t) latencies.push(now - time);
  });
  await sleep(isQuick ? 1_000 : 4_000);
  const calmP99 = percentile(latencies.splice(0), 0.99);
  const before = residentMB(hub);
  hub.process.send('reset');

  const attackers = program('stress-attackers', [
    String(hub.port),
    String(seconds),
    String(Math.round(REFUSED_PER_SEC * seconds)),
    String(SILENT),
  ]);
  const cpuBefore = cpuSeconds(hub.process);
  let peak = 0;
  const watching = setInterval(() => (peak = Math.max(peak, residentMB(hub))), 100);
  const attack = JSON.parse(await attackers.line()) as Record<string, number>;
  clearInterval(watching);
  const cores = (cpuSeconds(hub.process) - cpuBefore) / seconds;
  const attacked = latencies.splice(0);
  hub.process.send('read');
  const [probe] = (await once(hub.process, 'message')) as [
    { eventLoopP99Ms: number; eventLoopMaxMs: number },
  ];
  let after = residentMB(hub);
  const recoveredBy = Date.now() + (isQuick ? 0 : RECOVER_MS);
  while (after - before > GROWTH_MB / 5 && Date.now() < recoveredBy) {
    await sleep(500);
    after = Math.min(after, residentMB(hub));
  }
  honest.end();
  const sent = JSON.parse(await honest.line()) as { broken: number; sent: number[]; unacknowledged: number };
  const stored = await countStored(
    ui.api,
    devices.map(({ id }) => id),
    sent.sent.length,
  );
  const rows = sent.sent.reduce((sum, count) => sum + count, 0);
  const refused = await ui.api.call('getRefused', {});
  ui.close();

  const p99 = percentile(attacked, 0.99);
  const result = {
    seconds,
    agents,
    'rows sent': rows,
    'rows lost': rows - stored,
    unacknowledged: sent.unacknowledged,
    'connections broken': sent.broken,
    'latency p99 calm ms': calmP99,
    'latency p50 ms': percentile(attacked, 0.5),
    'latency p99 ms': p99,
    'latency max ms': percentile(attacked, 1),
    'RSS before MB': Math.round(before),
    'RSS peak MB': Math.round(peak),
    'RSS growth MB': Math.round(peak - before),
    'RSS after MB': Math.round(after),
    'hub CPU cores': Number(cores.toFixed(2)),
    'event loop p99 ms': Math.round(probe.eventLoopP99Ms),
    'event loop max ms': Math.round(probe.eventLoopMaxMs),
  };
  if (isJson) console.log(JSON.stringify({ ...result, attack, refused }));
  else {
    console.table(result);
    console.log('The attackers:', attack);
    console.log('Refused by the hub:', refused);
  }
  const broken = [
    rows !== stored && 'samples were lost',
    sent.broken > 0 && 'honest connections broke',
    attacked.length < agents * rate * seconds * 0.8 && 'the feed missed samples',
    p99 > LATENCY_P99_MS && `the latency is over ${LATENCY_P99_MS} ms`,
    peak - before > GROWTH_MB && `memory grew by more than ${GROWTH_MB} MB`,
    !isQuick && after - before > GROWTH_MB * 0.6 && 'memory did not come back',
  ].filter((what) => what !== false);
  for (const what of broken) console.error(`BROKEN: ${what}.`);
  return broken.length === 0;
}

/** Returns the number of different row numbers in history, summed over all honest devices. */
async function countStored(
  api: Awaited<ReturnType<typeof connectUi>>['api'],
  ids: readonly string[],
  count: number,
): Promise<number> {
  if (ids.length !== count) throw new Error(`${ids.length} of ${count} agents joined`);
  let stored = 0;
  for (const device of ids) {
    const to = Date.now() + 60_000;
    const query = { device, metric: 'number', from: to - 3_600_000, to };
    const { series } = await api.call('query', query);
    const numbers = new Set<number | null>();
    for (const one of series) for (const value of 'v' in one ? (one.v ?? []) : []) numbers.add(value);
    numbers.delete(null);
    stored += numbers.size;
  }
  return stored;
}

function program(name: string, args: string[]): { line(): Promise<string>; end(): void } {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, `${name}.js`), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (!child.stdout) throw new Error('it has no output');
  const lines: Interface = createInterface({ input: child.stdout });
  return {
    async line() {
      const [line] = (await Promise.race([
        once(lines, 'line'),
        once(lines, 'close').then(() => Promise.reject(new Error(`${name} ended early`))),
      ])) as [string];
      return line;
    },
    end: () => child.stdin?.end(),
  };
}

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return (at < 0 ? undefined : process.argv[at + 1]) ?? fallback;
}

function percentile(values: number[], share: number): number {
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
}

/** Returns the memory of a process. Available on Linux only; elsewhere memory and CPU are not measured. */
function residentMB({ process: { pid } }: Server): number {
  if (process.platform !== 'linux') return 0;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

function cpuSeconds({ pid }: ChildProcess): number {
  if (process.platform !== 'linux') return 0;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
