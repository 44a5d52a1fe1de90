import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { execFileSync } from 'node:child_process';
import { RECORDING, runProgram, startHub, type Server } from './programs';
import { connectUi } from './ui-client';

const AGENTS = 1_000;
const SETTLE_SECONDS = 6;
const MEASURE_SECONDS = 30;
const SERIES_WATCHED_PER_DEVICE = 3;

export interface FleetResult {
  cpuCores: number;
  rssMB: number;
  eventLoopP99Ms: number;
  latencyP99Ms: number;
}

/**
 * Runs a thousand agents at 1 Hz with 50 metrics each, for 30 s. CPU and memory are those of the hub's process alone;
 * latency is from the agent's send to the feed frame at a UI that watches three series of every device.
 */
export async function benchFleet(): Promise<FleetResult> {
  const server = await startHub({ unauthenticatedPerAddress: AGENTS * 2, arrivals: AGENTS * 2 }, true);
  const load = runProgram('fleet-load', [
    String(server.port),
    String(AGENTS),
    String(SETTLE_SECONDS + MEASURE_SECONDS + 3),
    RECORDING,
  ]);
  load.catch(() => {});
  try {
    await sleep(SETTLE_SECONDS * 1_000);
    const ui = await connectUi(server.port);
    const devices = await ui.api.call('listDevices', {});
    if (devices.length !== AGENTS) throw new Error(`only ${devices.length} of ${AGENTS} agents joined`);
    const series: number[] = [];
    for (const { id } of devices) {
      const all = await ui.api.call('listSeries', { device: id });
      series.push(...all.slice(0, SERIES_WATCHED_PER_DEVICE).map((one) => one.id));
    }
    const latencies: number[] = [];
    ui.api.openFeed({ series, windowMs: 60_000, flushMs: 50 }, (frame) => {
      if (frame.kind === 'snapshot') return;
      const now = Date.now();
      for (const block of frame.blocks) for (const time of block.t) latencies.push(now - time);
    });
    await sleep(500);
    server.process.send('reset');
    latencies.length = 0;
    const cpuBefore = cpuSeconds(server);
    const startedAt = performance.now();
    let rssMB = 0;
    while (performance.now() - startedAt < MEASURE_SECONDS * 1_000) {
      await sleep(500);
      rssMB = Math.max(rssMB, residentMB(server));
    }
    const cpuCores = ((cpuSeconds(server) - cpuBefore) * 1_000) / (performance.now() - startedAt);
    server.process.send('read');
    const [probe] = (await once(server.process, 'message')) as [{ eventLoopP99Ms: number }];
    ui.close();
    latencies.sort((a, b) => a - b);
    if (latencies.length < AGENTS * (MEASURE_SECONDS - 5)) throw new Error('the feed missed samples');
    return {
      cpuCores: round(cpuCores, 3),
      rssMB: Math.round(rssMB),
      eventLoopP99Ms: round(probe.eventLoopP99Ms, 1),
      latencyP99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
    };
  } finally {
    await load.catch(() => {});
    await server.stop();
  }
}

/** Returns the user and system time of a process: from /proc, or from `ps` if there is none. */
function cpuSeconds({ process: { pid } }: Server): number {
  if (process.platform === 'linux') {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }
  const time = execFileSync('ps', ['-o', 'time=', '-p', String(pid)])
    .toString()
    .trim();
  return time.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0);
}

function residentMB({ process: { pid } }: Server): number {
  if (process.platform === 'linux') {
    const match = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(match?.[1] ?? 0) / 1024;
  }
  return (
    Number(
      execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])
        .toString()
        .trim(),
    ) / 1024
  );
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
