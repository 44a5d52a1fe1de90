import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RowBatch, SampleStore, StoredSeries } from '../src/main/hub/store-contract/store-contract';
import { openBenchStore } from './bench-store';
import { median, quantile } from './median';
import { projectRoot } from './programs';

const HOUR_MS = 3_600_000;
const DAYS = 7;
const DEVICES = 100;
const SERIES = 20;
const SLOW_MS = 10_000;
const FAST_MS = 1_000;
/** The index of the device that samples every second, after all others. */
const FAST_DEVICE = DEVICES;
const LAYOUT = 'v1';

export interface BigStore {
  dir: string;
  /** The end of its data, ms. */
  end: number;
}

/**
 * Builds a store of 100 devices × 20 series at 10 s for 7 days and one device at 1 s: 133 million samples. A store
 * built within the same hour is used again.
 */
export async function buildBigStore(): Promise<BigStore> {
  const end = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const dir = join(projectRoot(), 'out', 'bench-data', `${LAYOUT}-${end}`);
  const done = join(dir, 'complete');
  if (existsSync(done)) return { dir: join(dir, 'store'), end };
  rmSync(join(projectRoot(), 'out', 'bench-data'), { recursive: true, force: true });
  mkdirSync(join(dir, 'store'), { recursive: true });
  const store = await openBenchStore(join(dir, 'store'));
  await store.commit({ series: allSeries(), rows: [], marks: [], events: [] });
  const walks = new Float64Array((DEVICES + 1) * SERIES).fill(50);
  const waiting: Promise<void>[] = [];
  for (let from = end - DAYS * 24 * HOUR_MS; from < end; from += HOUR_MS) {
    const rows: RowBatch[] = [];
    for (let device = 0; device <= DEVICES; device++) rows.push(hourOf(device, from, walks));
    waiting.push(store.commit({ series: [], rows, marks: [], events: [] }));
    if (waiting.length >= 2) await waiting.shift();
  }
  await Promise.all(waiting);
  await store.settle();
  await store.close();
  writeFileSync(done, '');
  return { dir: join(dir, 'store'), end };
}

/** Measures the p99 of each kind of query, on newly chosen series each time, and the median time to open the store. */
export async function measureQueries({ dir, end }: BigStore) {
  const openMs: number[] = [];
  for (let i = 0; i < 5; i++) {
    const startedAt = performance.now();
    const store = await openBenchStore(dir);
    openMs.push(performance.now() - startedAt);
    await store.close();
  }
  const store = await openBenchStore(dir);
  const fast = (i: number) => idOf(FAST_DEVICE, i % SERIES);
  const slow = (i: number) => idOf((i * 37) % DEVICES, (i * 7) % SERIES);
  try {
    const hour = await p99(200, (i) => ({ series: [fast(i)], from: end - HOUR_MS, to: end }), store);
    const week = await p99(
      100,
      (i) => ({
        series: [i % 2 === 0 ? fast(i) : slow(i)],
        from: end - DAYS * 24 * HOUR_MS,
        to: end,
        points: 1_000,
      }),
      store,
    );
    const fleet = await p99(
      50,
      (i) => ({
        series: Array.from({ length: DEVICES }, (_, device) => idOf(device, i % SERIES)),
        from: end - 24 * HOUR_MS,
        to: end,
        points: 500,
      }),
      store,
    );
    return { queryP99Ms: { hour, week, fleet }, openMs: Number(median(openMs).toFixed(0)) };
  } finally {
    await store.close();
  }
}

async function p99(
  times: number,
  queryOf: (i: number) => Parameters<SampleStore['query']>[0],
  store: SampleStore,
): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const query = queryOf(i);
    const startedAt = performance.now();
    const columns = await store.query(query);
    took.push(performance.now() - startedAt);
    if (columns.some((one) => one.t.length === 0)) throw new Error('a query found nothing');
  }
  return Number(quantile(took, 0.99).toFixed(1));
}

function idOf(device: number, series: number): number {
  return device * SERIES + series + 1;
}

function allSeries(): StoredSeries[] {
  return Array.from({ length: (DEVICES + 1) * SERIES }, (_, i) => ({
    id: i + 1,
    device: `device-${Math.floor(i / SERIES)}`,
    key: `metric.${i % SERIES}`,
    metric: `metric.${i % SERIES}`,
    labels: {},
    isUnitGuessed: false,
    unit: '1',
    kind: 'gauge' as const,
    title: null,
    min: null,
    max: null,
  }));
}

/**
 * Generates random walks with two decimals, like sensors and loads; every fifth series is constant most of the time.
 */
function hourOf(device: number, from: number, walks: Float64Array): RowBatch {
  const stepMs = device === FAST_DEVICE ? FAST_MS : SLOW_MS;
  const rows = HOUR_MS / stepMs;
  const t = new Float64Array(rows);
  const v = new Float64Array(rows * SERIES);
  for (let row = 0; row < rows; row++) {
    t[row] = from + row * stepMs;
    for (let s = 0; s < SERIES; s++) {
      const at = device * SERIES + s;
      const isMoving = s % 5 !== 0 || row % 60 === 0;
      const next = (walks[at] ?? 0) + (isMoving ? Math.random() - 0.5 : 0);
      walks[at] = next;
      v[row * SERIES + s] = Math.round(next * 100) / 100;
    }
  }
  return {
    device: `device-${device}`,
    series: Int32Array.from({ length: SERIES }, (_, s) => idOf(device, s)),
    t,
    v,
  };
}
