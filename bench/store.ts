import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBenchStore, storeBytes } from './bench-store';
import { buildBigStore, measureQueries } from './big-store';
import { median } from './median';
import { RECORDING, runProgram, startHub } from './programs';
import { commitRecording, readWholeRecording } from './whole-recording';

const ROUNDS = 5;
const MESSAGES = 9_000;
const REPEATS = 5;
const OUT_OF_THE_WAY = 1_000_000_000;

export interface StoreResult {
  /** Everything on disk after the recording, per sample. */
  bytesPerSample: number;
  /** The cost of each further sample, without indexes, names and empty pages. */
  marginalBytesPerSample: number;
  /** Samples per second up to the last acknowledgement: the durable store's rate divided by that in memory. */
  durableRatio: number;
  queryP99Ms: { hour: number; week: number; fleet: number };
  openMs: number;
}

/**
 * Measures history on disk: its size for a real host's recording, its cost at ingest, and how fast a big store answers.
 */
export async function benchStore(dataFile: string | undefined): Promise<StoreResult> {
  const size = await measureSize(dataFile ?? RECORDING);
  const durableRatio = await measureDurable();
  const big = await buildBigStore();
  const { queryP99Ms, openMs } = await measureQueries(big);
  return { ...size, durableRatio, queryP99Ms, openMs };
}

async function measureSize(
  file: string,
): Promise<Pick<StoreResult, 'bytesPerSample' | 'marginalBytesPerSample'>> {
  const recording = readWholeRecording(file);
  const bytes: number[] = [];
  for (const repeats of [1, REPEATS]) {
    const dir = mkdtempSync(join(tmpdir(), 'wirewatch-bench-store-'));
    try {
      const store = await openBenchStore(dir);
      await commitRecording(store, recording, repeats);
      await store.settle();
      await store.close();
      bytes.push(storeBytes(dir));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  const [once = 0, often = 0] = bytes;
  return {
    bytesPerSample: round(once / recording.samples),
    marginalBytesPerSample: round((often - once) / (recording.samples * (REPEATS - 1))),
  };
}

async function measureDurable(): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const memory = await loadHub('memory');
    ratios.push((await loadHub('sqlite')) / memory);
  }
  return round(median(ratios));
}

async function loadHub(store: 'memory' | 'sqlite'): Promise<number> {
  const limits = {
    messagesPerSec: OUT_OF_THE_WAY,
    samplesPerSec: OUT_OF_THE_WAY,
    bytesPerSec: OUT_OF_THE_WAY,
    unauthenticatedPerAddress: OUT_OF_THE_WAY,
  };
  const server = await startHub(limits, false, store);
  try {
    const args = [String(server.port), RECORDING, String(MESSAGES)];
    return Number((await runProgram('durable-load', args))['samplesPerSec']);
  } finally {
    await server.stop();
  }
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
