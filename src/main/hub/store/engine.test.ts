import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Engine } from './engine';
import type { CommitBatch } from '../store-contract/store-contract';
import type { CallName, StoreCalls } from '../store-contract/store-messages';
import { batch, RETENTION, rows, seriesOf } from '../store-contract/testing/batches';

/** The start of an hour that is not over: nothing but sealing is due. */
const START = Date.UTC(2026, 2, 12, 12);
/** Of one series, a second apart: more than one minute, and enough for a seal. */
const DUE_ROWS = 700;
/** Sealed of those; the minute that is not over waits. */
const SEALED_ROWS = 660;
const COMMIT_EVERY_MS = 50;

describe('a burst of commits', () => {
  let dir: string;
  let engine: Engine;

  beforeEach(async () => {
    vi.useFakeTimers({ now: START + 20 * 60_000 });
    dir = mkdtempSync(join(tmpdir(), 'wirewatch-engine-'));
    engine = new Engine({ dir, retention: RETENTION }, () => {});
    // What an opened store looks after first is done.
    await vi.advanceTimersByTimeAsync(2_000);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await call('close', null);
    rmSync(dir, { recursive: true, force: true });
  });

  const call = <K extends CallName>(name: K, params: StoreCalls[K]['params']) =>
    engine.handle(0, name, params) as Promise<StoreCalls[K]['result']>;

  async function commit(patch: Partial<CommitBatch>): Promise<void> {
    const done = call('commit', batch(patch));
    await vi.advanceTimersByTimeAsync(0);
    await done;
  }

  const samplesIn = async (tier: 'raw' | 'journal'): Promise<number> =>
    (await call('stats', null)).tiers.find((one) => one.tier === tier)?.samples ?? 0;

  /** One commit for `count` devices, after which each has to be sealed. */
  async function commitMany(count: number): Promise<void> {
    const ids = Array.from({ length: count }, (_, i) => i + 1);
    const values = Array.from({ length: DUE_ROWS }, (_, i) => [START + i * 1_000, i]);
    await commit({
      series: [...ids.map((id) => seriesOf(`d${id}`, id)), seriesOf('steady', 1_000)],
      rows: ids.map((id) => rows(`d${id}`, [id], values)),
    });
  }

  /** Commits a row of another device time and again, as a burst does. */
  async function goOnFor(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += COMMIT_EVERY_MS) {
      await vi.advanceTimersByTimeAsync(COMMIT_EVERY_MS);
      await commit({ rows: [rows('steady', [1_000], [[Date.now(), 1]])] });
    }
  }

  it('is taken in first, but for a step a second, and sealed as soon as it is over', async () => {
    await commitMany(40);
    await goOnFor(5_000);
    const during = (await samplesIn('raw')) / SEALED_ROWS;
    expect(during).toBeGreaterThan(2);
    expect(during).toBeLessThan(8);
    await vi.advanceTimersByTimeAsync(400);
    expect(await samplesIn('raw')).toBe(40 * SEALED_ROWS);
  });

  it('does not put sealing off for more than some seconds, however long it lasts', async () => {
    await commitMany(40);
    await goOnFor(9_500);
    expect(await samplesIn('raw')).toBeLessThan(15 * SEALED_ROWS);
    await goOnFor(1_000);
    expect(await samplesIn('raw')).toBe(40 * SEALED_ROWS);
  });

  it('has to wait for seals when the journals have become large, until they are no more', async () => {
    // Below the size of one journal that is sealed with the commit itself.
    const cells = 1_000_000;
    const width = 100;
    const pressingAt = 32 * 1_024 * 1_024;
    const times = Float64Array.from({ length: cells / width }, (_, i) => START + i * 10);
    const values = new Float64Array(cells).fill(1);
    const addDevice = async (n: number) => {
      const ids = Array.from({ length: width }, (_, i) => n * width + i);
      const series = Int32Array.from(ids);
      await commit({
        series: ids.map((id) => seriesOf(`d${n}`, id)),
        rows: [{ device: `d${n}`, series, t: times, v: values }],
      });
      await vi.advanceTimersByTimeAsync(1);
    };
    const below = Math.floor(pressingAt / cells);
    for (let n = 0; n < below; n++) await addDevice(n);
    await vi.advanceTimersByTimeAsync(COMMIT_EVERY_MS);
    expect(await samplesIn('journal')).toBe(below * cells);
    await addDevice(below);
    await vi.advanceTimersByTimeAsync(COMMIT_EVERY_MS);
    const after = await samplesIn('journal');
    expect(after).toBeLessThan(pressingAt);
    // The rest waits for the end of the burst, as before.
    expect(after).toBeGreaterThan(pressingAt - 2 * cells);
  });
});
