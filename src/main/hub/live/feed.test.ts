import { describe, expect, it } from 'vitest';
import type { FeedBlock, FeedFrame } from '@shared/hub-api';
import type { MetricKind } from '@shared/model';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { createWriter } from '../ingest/row-writer';
import { SeriesTable } from '../series/series-table';
import { Feed } from './feed';
import { RingMemory } from '../series/ring-memory';

const WINDOW_MS = 120_000;
const NOW = 10 * WINDOW_MS;

/**
 * Creates a hub with one device that has these series, and returns the first frame for a UI that opens them at `NOW`.
 */
function silentDevice(kinds: Record<string, MetricKind>, rows: [time: number, ...values: number[]][]) {
  const table = new SeriesTable(DEFAULT_LIMITS, new RingMemory(1 << 20));
  const series = Object.entries(kinds).map(([name, kind]) => {
    const declared = table.declare('freezer', { name, kind });
    if (!declared.ok) throw new Error(declared.error.message);
    return declared.value.series;
  });
  const write = createWriter(table, 'freezer', series);
  for (const [time, ...values] of rows) write(time, Float64Array.from(values), 0, values.length, 'live');
  const sent: FeedFrame[] = [];
  const spec = { series: series.map(({ id }) => id), windowMs: WINDOW_MS, flushMs: 100, focus: [] };
  new Feed(spec, 'boot', table, (frame) => sent.push(frame)).tick(0, NOW);
  const last = (id: number): number[] | null => {
    const block = sent[0]?.blocks.find((one: FeedBlock) => one.series.includes(id));
    if (!block) return null;
    const column = block.series.indexOf(id);
    return [...block.v.subarray(column * block.t.length, (column + 1) * block.t.length)];
  };
  return { sent, values: series.map(({ id }) => last(id)) };
}

describe('the first frame of a feed', () => {
  it('holds the last word of a device that fell silent before the window', () => {
    const { sent, values } = silentDevice({ temp: 'gauge', battery: 'gauge' }, [
      [1_000, -18, 71],
      [2_000, -18.5, 70.9],
    ]);
    expect(sent[0]?.kind).toBe('snapshot');
    expect(values).toEqual([[-18.5], [70.9]]);
    expect([...(sent[0]?.blocks[0]?.t ?? [])]).toEqual([2_000]);
  });

  it('says nothing of a rate that is over', () => {
    const { values } = silentDevice({ bytes: 'counter', temp: 'gauge' }, [
      [1_000, 100, 20],
      [2_000, 200, 21],
    ]);
    expect(values).toEqual([[], [21]]);
  });

  it('holds what is within the window, and nothing older', () => {
    const { values } = silentDevice({ temp: 'gauge' }, [
      [NOW - 2 * WINDOW_MS, 1],
      [NOW - 2_000, 2],
      [NOW - 1_000, 3],
    ]);
    expect(values).toEqual([[2, 3]]);
  });
});

describe('the frames after the first', () => {
  /** Opens a feed of one gauge with a row at `NOW`, which was sent. */
  function open() {
    const table = new SeriesTable(DEFAULT_LIMITS, new RingMemory(1 << 20));
    const declared = table.declare('freezer', { name: 'temp' });
    if (!declared.ok) throw new Error(declared.error.message);
    const { series } = declared.value;
    const write = createWriter(table, 'freezer', [series]);
    const sent: FeedFrame[] = [];
    const spec = { series: [series.id], windowMs: WINDOW_MS, flushMs: 100, focus: [] };
    const feed = new Feed(spec, 'boot', table, (frame) => sent.push(frame));
    const take = (monotonic: number): [kind: string, times: number[]][] => {
      feed.credit();
      feed.tick(monotonic, NOW);
      return sent.splice(0).map(({ kind, blocks }) => [kind, blocks.flatMap(({ t }) => [...t])]);
    };
    const add = (time: number): void => write(time, Float64Array.of(time), 0, 1, 'live');
    add(NOW);
    take(5_000);
    return { add, take };
  }

  it('hold what is new, and there is none when nothing is', () => {
    const { add, take } = open();
    expect(take(5_100)).toEqual([]);
    add(NOW + 1);
    add(NOW + 2);
    expect(take(5_200)).toEqual([['append', [NOW + 1, NOW + 2]]]);
    expect(take(5_300)).toEqual([]);
  });

  it('hold the whole series once more when a row came late, once a second at most', () => {
    const { add, take } = open();
    add(NOW - 5);
    expect(take(6_000)).toEqual([['snapshot', [NOW - 5, NOW]]]);
    add(NOW - 3);
    expect(take(6_500)).toEqual([['append', [NOW - 3]]]);
    add(NOW + 1);
    expect(take(6_900)).toEqual([['append', [NOW + 1]]]);
    expect(take(7_000)).toEqual([['snapshot', [NOW - 5, NOW - 3, NOW, NOW + 1]]]);
    expect(take(8_000)).toEqual([]);
  });
});
