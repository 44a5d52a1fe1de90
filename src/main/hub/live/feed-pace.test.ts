import { describe, expect, it } from 'vitest';
import type { FeedFrame, FeedSpec } from '@shared/hub-api';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { createWriter } from '../ingest/row-writer';
import { RingMemory } from '../series/ring-memory';
import { SeriesTable } from '../series/series-table';
import { Feed, type OlderSamples } from './feed';

const NOW = 10_000_000;
const WINDOW_MS = 60_000;

interface Opened {
  feed: Feed;
  /** Returns the frames sent since the last call, as kind and times. */
  sent(): string[];
  add(name: string, time: number): void;
  ids: Record<'a' | 'b', number>;
  /** The feed's requests to the disk, oldest first. */
  asked: { series: number[]; from: number; to: number; answer: (older: OlderSamples[]) => void }[];
}

/** Opens a feed of one of two series, each with its own sheet and one row at `NOW`. */
function open(spec: Partial<FeedSpec> = {}, ringBytes = 1 << 20): Opened {
  const table = new SeriesTable(DEFAULT_LIMITS, new RingMemory(ringBytes));
  const writers = new Map(
    (['a', 'b'] as const).map((name) => {
      const declared = table.declare(name, { name });
      if (!declared.ok) throw new Error(declared.error.message);
      const { series } = declared.value;
      return [name as string, { id: series.id, write: createWriter(table, name, [series]) }] as const;
    }),
  );
  const add = (name: string, time: number): void =>
    writers.get(name)?.write(time, Float64Array.of(1), 0, 1, 'live');
  const ids = { a: writers.get('a')?.id ?? -1, b: writers.get('b')?.id ?? -1 };
  add('a', NOW);
  add('b', NOW);
  const frames: FeedFrame[] = [];
  const asked: Opened['asked'] = [];
  const feed = new Feed(
    { series: [ids.a], windowMs: WINDOW_MS, flushMs: 250, focus: [], ...spec },
    'boot',
    table,
    (frame) => frames.push(frame),
    (series, from, to) => new Promise((answer) => asked.push({ series: [...series], from, to, answer })),
  );
  const words = ({ kind, blocks }: FeedFrame): string =>
    [kind, ...blocks.flatMap(({ t }) => [...t].map((time) => time - NOW))].join(' ');
  return { feed, sent: () => frames.splice(0).map(words), add, ids, asked };
}

describe('the frames of a feed', () => {
  it('are two in flight at most; each credit lets one more through', () => {
    const { feed, sent, add } = open({ flushMs: 50 });
    feed.tick(0, NOW);
    for (let n = 1; n <= 5; n++) {
      add('a', NOW + n);
      feed.tick(n * 1_000, NOW);
    }
    expect(sent()).toEqual(['snapshot 0', 'append 1']);
    feed.credit();
    feed.tick(6_000, NOW);
    expect(sent()).toEqual(['append 2 3 4 5']);
    add('a', NOW + 6);
    feed.tick(7_000, NOW);
    expect(sent()).toEqual([]);
  });

  it('are never more than two in flight, however often a UI says that it is done', () => {
    const { feed, sent, add } = open({ flushMs: 50 });
    for (let n = 0; n < 10; n++) feed.credit();
    for (let n = 1; n <= 5; n++) {
      add('a', NOW + n);
      feed.tick(n * 1_000, NOW);
    }
    expect(sent()).toHaveLength(2);
  });

  it('come as often as asked for, and no sooner', () => {
    const { feed, sent, add } = open({ flushMs: 250 });
    feed.tick(0, NOW);
    feed.credit();
    add('a', NOW + 1);
    // Frames after the snapshot need not wait.
    feed.tick(50, NOW);
    feed.credit();
    expect(sent()).toEqual(['snapshot 0', 'append 1']);
    add('a', NOW + 2);
    feed.tick(299, NOW);
    expect(sent()).toEqual([]);
    feed.tick(300, NOW);
    expect(sent()).toEqual(['append 2']);
  });

  it('come as often as asked for last', () => {
    const { feed, sent, add } = open({ flushMs: 250 });
    feed.tick(0, NOW);
    feed.update({ flushMs: 1_000 });
    for (let ms = 50; ms <= 2_050; ms += 50) {
      add('a', NOW + ms);
      feed.credit();
      feed.tick(ms, NOW);
    }
    expect(sent().map((frame) => frame.split(' ').at(-1))).toEqual(['0', '50', '1050', '2050']);
  });

  it('hold a series that is new in the feed as a whole, and no more of one that left it', () => {
    const { feed, sent, add, ids } = open();
    feed.tick(0, NOW);
    feed.credit();
    add('b', NOW + 1);
    feed.update({ series: [ids.a, ids.b] });
    feed.tick(10, NOW);
    feed.credit();
    expect(sent()).toEqual(['snapshot 0', 'snapshot 0 1']);
    feed.update({ series: [ids.b] });
    add('a', NOW + 2);
    add('b', NOW + 3);
    feed.tick(1_000, NOW);
    expect(sent()).toEqual(['append 3']);
  });

  it('begin anew for a longer window, not for a shorter one', () => {
    const { feed, sent, add } = open();
    add('a', NOW + 1);
    feed.tick(0, NOW + 1);
    feed.credit();
    feed.update({ windowMs: WINDOW_MS / 2 });
    feed.tick(1_000, NOW + 1);
    expect(sent()).toEqual(['snapshot 0 1']);
    feed.update({ windowMs: WINDOW_MS });
    feed.tick(2_000, NOW + 1);
    expect(sent()).toEqual(['snapshot 0 1']);
  });

  it('begin anew when rows are gone that may have been sent', () => {
    const { feed, sent } = open();
    feed.tick(0, NOW);
    feed.credit();
    feed.restart();
    feed.tick(10, NOW);
    expect(sent()).toEqual(['snapshot 0', 'snapshot 0']);
  });

  it('hold what lies exactly at the beginning of the window', () => {
    const { feed, sent } = open();
    feed.tick(0, NOW + WINDOW_MS);
    expect(sent()).toEqual(['snapshot 0']);
    const late = open();
    late.add('a', NOW + 1);
    late.feed.tick(0, NOW + WINDOW_MS + 1);
    expect(late.sent()).toEqual(['snapshot 1']);
  });
});

describe('what memory does not hold any more', () => {
  /** Opens a feed with so little memory that only the newest rows of the series are held. */
  function forgetful(): Opened {
    const opened = open({ windowMs: 600_000 }, 4_096);
    for (let n = 1; n <= 2_000; n++) opened.add('a', NOW + n * 100);
    return opened;
  }

  it('is read from disk once, and follows the snapshot as soon as there is credit', async () => {
    const { feed, sent, ids, asked } = forgetful();
    const now = NOW + 200_000;
    feed.tick(0, now);
    expect(sent()).toHaveLength(1);
    expect(asked.map(({ series, from, to }) => ({ series, from, to }))).toEqual([
      { series: [ids.a], from: now - 600_000, to: now },
    ]);
    asked[0]?.answer([{ series: ids.a, t: Float64Array.of(NOW - 7, NOW), v: Float64Array.of(1, 2) }]);
    await Promise.resolve();
    await Promise.resolve();
    feed.tick(1, now);
    expect(sent()).toEqual(['append -7 0']);
    feed.tick(2, now);
    feed.credit();
    feed.tick(3, now);
    expect(sent()).toEqual([]);
  });

  it('is not sent when the feed began anew meanwhile, or does not want the series any more', async () => {
    const { feed, sent, ids, asked } = forgetful();
    const now = NOW + 200_000;
    feed.tick(0, now);
    feed.update({ series: [ids.b] });
    asked[0]?.answer([{ series: ids.a, t: Float64Array.of(NOW), v: Float64Array.of(1) }]);
    await Promise.resolve();
    sent();
    for (const ms of [1, 2, 3]) {
      feed.credit();
      feed.tick(ms, now);
    }
    expect(sent()).toEqual(['snapshot 0']);
    const again = forgetful();
    again.feed.tick(0, now);
    again.feed.restart();
    again.asked[0]?.answer([{ series: again.ids.a, t: Float64Array.of(NOW), v: Float64Array.of(1) }]);
    await Promise.resolve();
    again.sent();
    for (const ms of [1, 2, 3]) {
      again.feed.credit();
      again.feed.tick(ms, now);
    }
    expect(again.sent().map((frame) => frame.split(' ')[0])).toEqual(['snapshot']);
    expect(again.asked).toHaveLength(2);
  });
});
