import { afterEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '@shared/clock';
import type { FeedFrame } from '@shared/hub-api';
import type { DeviceInfo } from '@shared/model';
import { createAgent, type Agent } from '../../src/agent/agent';
import type { Collector } from '../../src/agent/collectors/collector';
import { hello, startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The machine's clock, but wrong by an amount that can be set. */
function wrongClock(byMs: number): { clock: Clock; set(byMs: number): void } {
  let wrongBy = byMs;
  return {
    clock: { ...systemClock, now: () => systemClock.now() + wrongBy },
    set: (next) => (wrongBy = next),
  };
}

/** Its value is the time, whatever anybody's clock says. */
const tellingTheTime: Collector = {
  name: 'cpu',
  everyMs: 0,
  read: (slots) => slots.set('a', Date.now(), () => ({ name: 'true.time', unit: 'ms', kind: 'gauge' })),
};

describe.each([
  ['3 h behind', -3 * HOUR_MS],
  ['2 h ahead', 2 * HOUR_MS],
  ['ten years ahead', 3_652 * DAY_MS],
])('a hub whose clock is %s and is set right', (_, wrongBy) => {
  let test: TestHub;
  let agents: Agent[] = [];
  afterEach(async () => {
    await Promise.all(agents.map((agent) => agent.dispose()));
    agents = [];
    await test.dispose();
  });

  const deviceOf = async (id: string): Promise<DeviceInfo | undefined> =>
    (await test.api.call('listDevices', {})).find((one) => one.id === id);

  async function samplesOf(device: string, metric: string): Promise<[time: number, value: number | null][]> {
    const answer = await test.api.call('query', {
      device,
      metric,
      from: 0,
      to: Date.now() + 20 * 365 * DAY_MS,
    });
    const { t = [], v = [] } = answer.series[0] ?? {};
    return t.map((time, i) => [time, v[i] ?? null]);
  }

  it('has the rows of its agents at true time from then on, without a new connection', async () => {
    const { clock, set } = wrongClock(wrongBy);
    test = await startHub({ admit: 'open', clock });
    const agent = createAgent({
      url: test.url,
      name: 'remote',
      dataDir: null,
      minIntervalMs: 250,
      collectors: [tellingTheTime],
      timings: { primeMs: 50 },
    });
    agents = [agent];
    const started = await agent.start();
    const device = started.ok ? started.value.device : '';
    await eventually(
      () => deviceOf(device),
      (found) => found !== undefined,
    );
    await eventually(
      () => samplesOf(device, 'true.time'),
      (rows) => rows.length >= 2,
    );
    const session = (await deviceOf(device))?.session;
    set(0);
    const setAt = Date.now();
    const rows = await eventually(
      () => samplesOf(device, 'true.time'),
      (all) =>
        all.filter(([time, truth]) => truth !== null && truth > setAt && Math.abs(time - truth) < 500)
          .length >= 3,
    );
    // One may have been taken by the old time before the hub noticed.
    const wrong = rows.filter(
      ([time, truth]) => truth !== null && truth > setAt && Math.abs(time - truth) >= 500,
    );
    expect(wrong.length).toBeLessThanOrEqual(1);
    expect((await deviceOf(device))?.session).toBe(session);
  });

  it('tells agents at once, and simple devices go on at their arrival', async () => {
    const { clock, set } = wrongClock(wrongBy);
    test = await startHub({ admit: 'open', clock });
    const agent = await TestClient.open(`${test.url}/agent`, ['wirewatch.v1']);
    agent.send(hello('nas'));
    const welcome = await agent.message('welcome');
    expect(Math.abs(Number(welcome['hubTime']) - Date.now() - wrongBy)).toBeLessThan(60_000);
    const board = await TestClient.open(`${test.url}/`);
    const send = () => board.send({ id: 'board', temp: 1, at: Date.now() / 1e6 });
    send();
    agent.send({ type: 'schema', version: 1, series: [{ name: 'x' }] });
    agent.send({ type: 'rows', seq: 1, schema: 1, rows: [[clock.now(), 1]] });
    await eventually(
      () => samplesOf('nas', 'x'),
      (rows) => rows.length === 1,
    );
    const before = await deviceOf('nas');
    const frames: FeedFrame[] = [];
    const series = (await test.api.call('listSeries', { device: 'nas' })).map(({ id }) => id);
    test.api.openFeed({ series, windowMs: 300_000, flushMs: 50 }, (frame) => frames.push(frame));
    await eventually(() => frames.length > 0);
    const framesBefore = frames.length;

    set(0);
    const told = await agent.message('clock');
    expect(Math.abs(Number(told['hubTime']) - Date.now())).toBeLessThan(60_000);
    const events = await eventually(
      () => test.api.call('listEvents', {}),
      (all) => all.some(({ kind }) => kind === 'hub'),
    );
    const event = events.find(({ kind }) => kind === 'hub');
    expect(event).toMatchObject({ device: null, level: 'warning' });
    expect(event?.text).toMatch(
      wrongBy < 0 ? /set forward by 3 h: from / : /set back by (2 h|3,652 days): from /,
    );
    // Everything that happened in this run is in the order in which it happened.
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort((a, b) => a - b));
    for (const { at } of events) expect(Math.abs(at - Date.now())).toBeLessThan(60_000);

    // What the feed sent of the future is taken back, and what comes now is shown.
    const sentAt = Date.now();
    agent.send({ type: 'rows', seq: 2, schema: 1, rows: [[sentAt, 2]] });
    send();
    await eventually(() => frames.some(({ blocks }) => blocks.some(({ t }) => t.includes(sentAt))));
    const anew = frames.slice(framesBefore);
    expect(anew[0]?.kind).toBe('snapshot');
    for (const { hubTime, blocks } of anew) {
      expect(Math.abs(hubTime - Date.now())).toBeLessThan(60_000);
      for (const { t } of blocks) for (const time of t) expect(time).toBeLessThan(Date.now() + 1_000);
    }
    const temps = await eventually(
      () => samplesOf('board', 'temp'),
      (rows) => rows.some(([time]) => time >= sentAt),
    );
    expect(temps.at(-1)?.[0]).toBeLessThanOrEqual(Date.now());

    const after = await deviceOf('nas');
    expect(after?.state).toBe('online');
    for (const name of ['connectedAt', 'lastSeenAt', 'firstSeenAt'] as const) {
      expect(Math.abs((after?.[name] ?? 0) - Date.now())).toBeLessThan(60_000);
    }
    expect((after?.connectedAt ?? 0) - (before?.connectedAt ?? 0)).toBeCloseTo(-wrongBy, -2);
    const spans = await test.api.call('listConnectionSpans', {
      from: Date.now() - 60_000,
      to: Date.now() + 1,
    });
    expect(spans['nas']).toHaveLength(1);
    expect(spans['nas']?.[0]?.from).toBeGreaterThanOrEqual((after?.connectedAt ?? 0) - 1_000);
    agent.end();
    board.end();
  });
});

describe('an agent whose own clock is set while it is connected', () => {
  it.each([
    ['by less than a second', [400, 0, -700]],
    ['by hours', [2 * HOUR_MS, -3 * HOUR_MS]],
    ['by ten years and back', [-3_652 * DAY_MS, 0]],
  ])('has its rows at true time all along: %s', async (_, offsets) => {
    const { clock, set } = wrongClock(0);
    const test = await startHub({ admit: 'open' });
    const agent = createAgent({
      url: test.url,
      name: 'remote',
      dataDir: null,
      minIntervalMs: 100,
      clock,
      collectors: [tellingTheTime],
      timings: { primeMs: 50 },
    });
    try {
      const started = await agent.start();
      const device = started.ok ? started.value.device : '';
      const rows = async (): Promise<[time: number, truth: number][]> => {
        const range = { from: 0, to: Date.now() + 20 * 365 * DAY_MS };
        const { series } = await test.api.call('query', { device, metric: 'true.time', ...range });
        const { t = [], v = [] } = series[0] ?? {};
        return t.flatMap((time, i) => (v[i] === null || v[i] === undefined ? [] : [[time, v[i]] as const]));
      };
      const listed = async () => (await test.api.call('listDevices', {})).find(({ id }) => id === device);
      await eventually(listed);
      const session = (await listed())?.session;
      for (const offset of [0, ...offsets]) {
        set(offset);
        const setAt = Date.now();
        const after = await eventually(rows, (all) => all.filter(([, truth]) => truth > setAt).length >= 3);
        const errors = after.map(([time, truth]) => time - truth);
        expect(Math.max(...errors.map(Math.abs)), `${offset} ms: ${errors.join(' ')}`).toBeLessThan(250);
      }
      expect((await listed())?.session).toBe(session);
    } finally {
      await agent.dispose();
      await test.dispose();
    }
  });
});
