import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventInfo } from '@shared/model';
import type { StoreColumns } from '../store-contract/store-contract';
import type { CallName, StoreCalls } from '../store-contract/store-messages';
import { batch, RETENTION, rows, seriesOf } from '../store-contract/testing/batches';
import { HOUR_MS, MINUTE_MS } from '../store-contract/tiers';
import { Engine } from './engine';

/** The start of an hour that is long over. */
const START = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 6 * HOUR_MS;
const GAUGE = 1;
const COUNTER = 2;

/** Samples that lie exactly on the ends of ranges and of their steps. */
describe.each(['in the journal', 'sealed'])('a range is [from, to), of samples %s', (where) => {
  let dir: string;
  let engine: Engine;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'wirewatch-ranges-'));
    engine = new Engine({ dir, retention: RETENTION }, () => {});
  });
  afterEach(async () => {
    await call('close', null);
    rmSync(dir, { recursive: true, force: true });
  });

  let id = 1;
  const call = <K extends CallName>(name: K, params: StoreCalls[K]['params']) =>
    engine.handle(id++, name, params) as Promise<StoreCalls[K]['result']>;

  /** A gauge whose values are the times, and a counter that counts one a second. */
  async function fill(times: readonly number[]): Promise<void> {
    const series = [seriesOf('a', GAUGE), seriesOf('a', COUNTER, 'counter')];
    const values = times.map((time) => [START + time, time, time / 1_000]);
    await call('commit', batch({ series, rows: [rows('a', [GAUGE, COUNTER], values)] }));
    if (where === 'sealed') await call('settle', null);
  }

  const valuesOf = (columns: StoreColumns | undefined): (number | null)[] =>
    Array.from(columns?.v ?? [], (value) => (Number.isNaN(value) ? null : value));
  const query = async (series: number, from: number, to: number) =>
    valuesOf((await call('query', { series: [series], from: START + from, to: START + to }))[0]);

  it('at full resolution', async () => {
    await fill([0, 1_000, 2_000, 3_000]);
    expect(await query(GAUGE, 1_000, 3_000)).toEqual([1_000, 2_000]);
    expect(await query(GAUGE, 1_001, 3_001)).toEqual([2_000, 3_000]);
    expect(await query(GAUGE, 0, 1)).toEqual([0]);
    expect(await query(GAUGE, 3_000, 3_000)).toEqual([]);
  });

  it('of a counter, whose first rate needs the reading before', async () => {
    await fill([0, 1_000, 2_000, 3_000]);
    expect(await query(COUNTER, 1_000, 3_000)).toEqual([1, 1]);
    expect(await query(COUNTER, 0, 2_000)).toEqual([null, 1]);
  });

  it('of a scan', async () => {
    await fill([0, 1_000, 2_000, 3_000]);
    const piece = await call('scan', { series: [GAUGE], from: START + 1_000, to: START + 3_000, raw: true });
    expect([valuesOf(piece.columns[0]), piece.next]).toEqual([[1_000, 2_000], null]);
  });

  const steps = async (from: number, to: number, points: number) => {
    const [columns] = await call('query', { series: [GAUGE], from: START + from, to: START + to, points });
    const plain = (some: Float64Array | undefined) =>
      Array.from(some ?? [], (value) => (Number.isNaN(value) ? null : value));
    return {
      t: plain(columns?.t).map((time) => (time ?? 0) - START),
      min: plain(columns?.min),
      max: plain(columns?.max),
    };
  };

  it('of steps of seconds, each of which is [from, to) too', async () => {
    await fill([0, 999, 1_000, 1_999, 2_000, 2_999, 3_000]);
    expect(await steps(0, 3_000, 3)).toEqual({
      t: [0, 1_000, 2_000],
      min: [0, 1_000, 2_000],
      max: [999, 1_999, 2_999],
    });
  });

  it('of steps of minutes and hours', async () => {
    const edges = [0, 1, 2, 3, 4].flatMap((n) => [
      n * HOUR_MS,
      n * HOUR_MS + MINUTE_MS,
      (n + 1) * HOUR_MS - 1,
    ]);
    await fill(edges);
    expect(await steps(HOUR_MS, 3 * HOUR_MS, 2)).toEqual({
      t: [HOUR_MS, 2 * HOUR_MS],
      min: [HOUR_MS, 2 * HOUR_MS],
      max: [2 * HOUR_MS - 1, 3 * HOUR_MS - 1],
    });
    expect(await steps(HOUR_MS, HOUR_MS + 3 * MINUTE_MS, 3)).toEqual({
      t: [HOUR_MS, HOUR_MS + MINUTE_MS, HOUR_MS + 2 * MINUTE_MS],
      min: [HOUR_MS, HOUR_MS + MINUTE_MS, null],
      max: [HOUR_MS, HOUR_MS + MINUTE_MS, null],
    });
  });

  it('of events', async () => {
    const event = (at: number): EventInfo => ({
      ...{ id: at, at: START + at, kind: 'note', level: 'info', device: 'a', text: `${at}` },
    });
    await call('commit', batch({ events: [1, 2, 3].map(event) }));
    if (where === 'sealed') await call('settle', null);
    const found = await call('events', { from: START + 1, to: START + 3, limit: 10 });
    expect(found.map(({ text }) => text)).toEqual(['1', '2']);
    const newest = await call('events', { from: START, to: START + 9, limit: 2, device: 'a' });
    expect(newest.map(({ text }) => text)).toEqual(['2', '3']);
  });

  it('of what there is of a device', async () => {
    await fill([0, 1_000, 2_000]);
    expect(await call('extent', 'a')).toEqual({ oldest: START, newest: START + 2_000 });
  });

  it('and a removed device has nothing any more, while the others keep theirs', async () => {
    await fill([0, 1_000]);
    await call('commit', batch({ series: [seriesOf('b', 9)], rows: [rows('b', [9], [[START, 5]])] }));
    await call('deleteDevice', 'a');
    if (where === 'sealed') await call('settle', null);
    expect(await query(GAUGE, 0, 10_000)).toEqual([]);
    expect(await query(9, 0, 10_000)).toEqual([5]);
    expect(await call('extent', 'a')).toBeNull();
    expect((await call('stats', null)).seriesCount).toBe(1);
  });
});
