import { beforeEach, describe, expect, it } from 'vitest';
import type { HubMessage } from '@shared/bridge/messages';
import { TOPICS, type TopicName } from '@shared/hub-api';
import { silentLogger } from '@shared/logger';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { RefusedCounter } from '../bounds/refused-counter';
import { createWriter } from '../ingest/row-writer';
import { RingMemory } from '../series/ring-memory';
import { SeriesTable } from '../series/series-table';
import { CommandRouter } from './command-router';
import type { TopicSources } from './topics';
import { HubUiConnection } from './ui-connection';

const FEED = { series: [0], windowMs: 60_000, flushMs: 100 };

let clock: ManualClock;
let heard: HubMessage[];
/** The topics that currently have a subscription at the hub. */
let open: string[];
/** Changes of what the feeds look at, as `before > after`. */
let looks: string[];
let addRow: (value: number) => void;
let seriesId: number;
let ended: number;
let ui: HubUiConnection;

beforeEach(() => {
  clock = new ManualClock();
  heard = [];
  open = [];
  looks = [];
  ended = 0;
  const series = new SeriesTable(DEFAULT_LIMITS, new RingMemory(1 << 20));
  const declared = series.declare('attic', { name: 'temp' });
  if (!declared.ok) throw new Error(declared.error.message);
  seriesId = declared.value.series.id;
  const write = createWriter(series, 'attic', [declared.value.series]);
  addRow = (value) => write(clock.now(), Float64Array.of(value), 0, 1, 'live');
  const source = (name: TopicName) => () => {
    open.push(name);
    return () => open.splice(open.indexOf(name), 1);
  };
  const topics = Object.fromEntries(
    (Object.keys(TOPICS) as TopicName[]).map((name) => [name, source(name)]),
  ) as unknown as TopicSources;
  const context = {
    bootId: 'boot',
    clock,
    log: silentLogger,
    limits: { ...DEFAULT_LIMITS, subscriptionsPerUi: 3, feedsPerUi: 2, seriesPerFeed: 2 },
    router: new CommandRouter({} as never, () => {}),
    topics,
    refused: new RefusedCounter(DEFAULT_LIMITS, () => clock.now()),
    series,
    devices: {
      lookAt: (before: readonly string[], after: readonly string[]) =>
        looks.push(`${before.join()} > ${after.join()}`),
    },
    history: null,
  };
  ui = new HubUiConnection(
    context,
    (message) => heard.push(message),
    { from: 'test', role: 'admin' },
    () => {
      ended++;
    },
  );
});

const frames = (): number => heard.filter(({ op }) => op === 'feed').length;
const errors = (): string[] => heard.flatMap((message) => (message.op === 'error' ? [message.code] : []));
const openFeed = (id: number, spec: object = {}): void =>
  ui.receive({ op: 'openFeed', id, spec: { ...FEED, series: [seriesId], ...spec } });

/** Adds a row, and a tick at which its frame is due. */
function step(): void {
  clock.advance(1_000);
  addRow(1);
  ui.tick(clock.monotonic(), clock.now());
}

describe('subscriptions of a UI', () => {
  const subscribe = (id: number, topic: TopicName): void => ui.receive({ op: 'subscribe', id, topic });

  it('end when it ends them', () => {
    subscribe(1, 'hub');
    subscribe(2, 'devices');
    ui.receive({ op: 'unsubscribe', id: 1 });
    expect(open).toEqual(['devices']);
    ui.receive({ op: 'unsubscribe', id: 1 });
    expect(open).toEqual(['devices']);
  });

  it('do not pile up under one id', () => {
    subscribe(1, 'hub');
    subscribe(1, 'devices');
    expect(open).toEqual(['devices']);
  });

  it('make room when they end', () => {
    for (let id = 1; id <= 5; id++) subscribe(id, 'hub');
    expect(open).toHaveLength(3);
    expect(errors()).toEqual(['TOO_MANY_SUBSCRIPTIONS', 'TOO_MANY_SUBSCRIPTIONS']);
    ui.receive({ op: 'unsubscribe', id: 1 });
    subscribe(6, 'events');
    expect(open).toEqual(['hub', 'hub', 'events']);
  });

  it('all end with it', () => {
    for (const id of [1, 2, 3]) subscribe(id, 'hub');
    ui.dispose();
    expect(open).toEqual([]);
    ui.dispose();
    expect(ended).toBe(1);
  });
});

describe('feeds of a UI', () => {
  it('send their past at once, and go on as long as it gives credit', () => {
    addRow(1);
    openFeed(7);
    expect(frames()).toBe(1);
    step();
    step();
    expect(frames()).toBe(2);
    ui.receive({ op: 'credit', id: 7 });
    step();
    expect(frames()).toBe(3);
  });

  it('say nothing any more once they are closed, and nothing after the UI is gone', () => {
    openFeed(7);
    ui.receive({ op: 'closeFeed', id: 7 });
    step();
    expect(frames()).toBe(1);
    openFeed(8);
    ui.dispose();
    step();
    expect(frames()).toBe(2);
  });

  it('make room when they close, and one in the place of another needs none', () => {
    openFeed(1);
    openFeed(2);
    openFeed(2);
    openFeed(3);
    expect(errors()).toEqual(['TOO_MANY_FEEDS']);
    ui.receive({ op: 'closeFeed', id: 1 });
    openFeed(3);
    expect(errors()).toHaveLength(1);
  });

  it('have a bound of series, at the beginning and later', () => {
    openFeed(1, { series: [1, 2, 3] });
    openFeed(2, { series: [1, 2] });
    ui.receive({ op: 'updateFeed', id: 2, patch: { series: [1, 2, 3] } });
    ui.receive({ op: 'updateFeed', id: 9, patch: { series: [1] } });
    expect(errors()).toEqual(['TOO_MANY_SERIES', 'TOO_MANY_SERIES', 'NO_SUCH_FEED']);
  });

  it('are asked for frames twenty times a second at most', () => {
    openFeed(1, { flushMs: 49 });
    openFeed(1, { flushMs: 60_001 });
    openFeed(1, { windowMs: 3_600_001 });
    expect(errors()).toEqual(['BAD_PARAMS', 'BAD_PARAMS', 'BAD_PARAMS']);
    openFeed(1, { flushMs: 50, windowMs: 3_600_000 });
    expect(frames()).toBe(1);
  });

  it('say which devices are looked at, and no longer when they close', () => {
    openFeed(1, { focus: ['attic'] });
    ui.receive({ op: 'updateFeed', id: 1, patch: { flushMs: 200 } });
    ui.receive({ op: 'updateFeed', id: 1, patch: { focus: ['cellar'] } });
    openFeed(2, { focus: ['attic'] });
    openFeed(2, { focus: ['roof'] });
    ui.receive({ op: 'closeFeed', id: 1 });
    ui.dispose();
    expect(looks).toEqual([
      ' > attic',
      'attic > attic',
      'attic > cellar',
      ' > attic',
      'attic > roof',
      'cellar > ',
      'roof > ',
    ]);
  });

  it('begin anew when the clock of the hub was set, and the UI hears its new time', () => {
    addRow(1);
    openFeed(1);
    ui.receive({ op: 'credit', id: 1 });
    ui.clockSet();
    ui.tick(clock.monotonic(), clock.now());
    expect(heard.filter(({ op }) => op === 'clock')).toEqual([{ op: 'clock', hubTime: clock.now() }]);
    const kinds = heard.flatMap((message) => (message.op === 'feed' ? [message.frame.kind] : []));
    expect(kinds).toEqual(['snapshot', 'snapshot']);
  });
});
