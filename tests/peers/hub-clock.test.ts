import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { decodeFeedFrame } from '@shared/bridge/feed-codec';
import { CLI, startCli, type CliProcess } from '../fakes/cli-process';
import { eventually } from '../patience';
import { clockFrom, FAKETIME, setClock, WHY_FAKETIME } from './faketime';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
/** Everything must be right again this long after the clock was set, ms. */
const RIGHT_WITHIN_MS = 30_000;
/** How long the hub runs with the wrong clock, ms. */
const WRONG_FOR_MS = 8_000;
/** How long the hub is watched afterwards, ms. */
const WATCHED_FOR_MS = 12_000;

interface Sample {
  time: number;
  value: number;
}

/** The samples of a live chart, as a page keeps them: a snapshot replaces all earlier ones. */
interface LiveChart {
  /** The times of its samples, ms since the epoch. */
  readonly times: readonly number[];
  stop(): void;
}

async function openLiveChart(url: string, device: string, metric: string): Promise<LiveChart> {
  const headers = { Origin: url };
  const signedIn = await fetch(`${url}/ui/session`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: '{}',
  });
  const Cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ui`, { headers: { ...headers, Cookie } });
  await once(socket, 'open');
  let times: number[] = [];
  const send = (message: unknown) => socket.send(JSON.stringify(message));
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) {
      const message = JSON.parse(data.toString()) as { op: string; value: { id: number; metric: string }[] };
      if (message.op !== 'result') return;
      const series = message.value.filter((one) => one.metric === metric).map(({ id }) => id);
      send({ op: 'openFeed', id: 2, spec: { series, windowMs: 300_000, flushMs: 100 } });
      return;
    }
    const frame = decodeFeedFrame(new Uint8Array(data).buffer);
    if (!frame.ok) throw new Error(frame.error.message);
    const { kind, blocks } = frame.value.frame;
    if (kind === 'snapshot') times = [];
    for (const { t } of blocks) times.push(...t);
    send({ op: 'credit', id: 2 });
  });
  send({ op: 'call', id: 1, name: 'listSeries', params: { device } });
  return {
    get times() {
      return times;
    },
    stop: () => socket.terminate(),
  };
}

describe.skipIf(FAKETIME === null)(`a hub whose own clock is set while it runs (${WHY_FAKETIME})`, () => {
  let folder = '';
  let running: CliProcess[] = [];
  const stops: (() => void)[] = [];

  afterEach(async () => {
    for (const stop of stops.splice(0)) stop();
    for (const each of running) each.kill();
    await Promise.all(running.map(({ ended }) => ended));
    running = [];
    rmSync(folder, { recursive: true, force: true });
  });

  function start(args: string[], env: NodeJS.ProcessEnv = {}): CliProcess {
    const started = startCli(args, { env });
    running.push(started);
    return started;
  }

  it.each([
    ['-3h', 'forward by 3 h'],
    ['+2h', 'back by 2 h'],
    ['+10y', 'back by 3,650 days'],
  ])(
    'goes on at true time with its local agent, a remote one and simple devices, when it was %s off',
    async (offset, words) => {
      if (!existsSync(CLI)) throw new Error('This test needs the built command line: run "npm run build".');
      folder = mkdtempSync(join(tmpdir(), 'wirewatch-clock-'));
      const offsetFile = join(folder, 'offset');
      setClock(offsetFile, offset);
      const hub = start(
        [
          'serve',
          '--port=0',
          '--host=127.0.0.1',
          '--no-advertise',
          '--admit=open',
          '--json',
          `--data-dir=${join(folder, 'hub')}`,
        ],
        clockFrom(offsetFile),
      );
      const url = String((await hub.event('ready'))['url']);
      const ws = url.replace('http', 'ws');
      start(['agent', ws, '--name=remote', `--data-dir=${join(folder, 'agent')}`]);
      const board = new WebSocket(ws);
      await once(board, 'open');
      const timer = setInterval(() => {
        board.send(JSON.stringify({ id: 'board', truth: Date.now() }));
        board.send(JSON.stringify({ id: 'clocked', ts: Date.now(), truth: Date.now() }));
      }, 1_000);
      stops.push(() => {
        clearInterval(timer);
        board.terminate();
      });
      const devices = async (): Promise<{ id: string; name: string; state: string; local: boolean }[]> =>
        ((await (await fetch(`${url}/api/v1/devices`)).json()) as { devices: never[] }).devices;
      const all = await eventually(devices, (found) => found.length >= 4);
      const live = await openLiveChart(url, 'board', 'truth');
      stops.push(live.stop);
      await eventually(() => live.times.length > 0);
      await sleep(WRONG_FOR_MS);

      setClock(offsetFile, '+0');
      const setAt = Date.now();
      const states = new Set<string>();
      const until = setAt + WATCHED_FOR_MS;
      while (Date.now() < until) {
        for (const { name, state } of await devices()) states.add(`${name} ${state}`);
        await sleep(250);
      }
      // Setting the clock must not make a device late.
      expect([...states].filter((one) => !one.endsWith(' online'))).toEqual([]);

      const samplesOf = async (device: string, metric: string): Promise<Sample[]> => {
        const to = Date.now() + 20 * YEAR_MS;
        const query = `${url}/api/v1/query?device=${device}&metric=${metric}&from=0&to=${to}`;
        const { series } = (await (await fetch(query)).json()) as { series: { t: number[]; v: number[] }[] };
        return (series[0]?.t ?? []).map((time, i) => ({ time, value: series[0]?.v[i] ?? Number.NaN }));
      };
      const bootedAt = Date.now() - uptime() * 1_000;
      for (const { id, name } of all) {
        const isSimple = id === 'board' || id === 'clocked';
        const samples = await samplesOf(id, isSimple ? 'truth' : 'system.uptime');
        // When each sample was really taken: a simple device sends the time itself, a computer sends its uptime.
        const after = samples
          .map(({ time, value }) => ({ time, truth: isSimple ? value : bootedAt + value * 1_000 }))
          .filter(({ truth }) => truth > setAt);
        const wrong = after.filter(({ time, truth }) => Math.abs(time - truth) > 1_000);
        expect({ name, wrong: wrong.length <= 1 }, JSON.stringify(wrong)).toEqual({ name, wrong: true });
        const right = after.filter(({ time, truth }) => Math.abs(time - truth) <= 1_000);
        expect(right.length, name).toBeGreaterThanOrEqual(WATCHED_FOR_MS / 1_000 - 4);
        expect((right[0]?.truth ?? Infinity) - setAt, name).toBeLessThan(RIGHT_WITHIN_MS);
        expect(Date.now() - (right.at(-1)?.time ?? 0), name).toBeLessThan(3_000);
      }
      // Live charts continue, and no sample from the future blocks them.
      expect(Math.max(...live.times)).toBeLessThanOrEqual(Date.now());
      expect(live.times.filter((time) => time > Date.now() - 5_000).length).toBeGreaterThanOrEqual(3);

      const { events } = (await (await fetch(`${url}/api/v1/events?limit=1000`)).json()) as {
        events: { at: number; kind: string; level: string; device: string | null; text: string }[];
      };
      const told = events.filter(({ kind, text }) => kind === 'hub' && text.includes('clock was set'));
      expect(told).toMatchObject([{ level: 'warning', device: null }]);
      expect(told[0]?.text).toContain(words);
      expect(Math.abs((told[0]?.at ?? 0) - setAt)).toBeLessThan(2_000);
      for (const { at } of events) expect(at).toBeLessThan(Date.now());
    },
    120_000,
  );
});
