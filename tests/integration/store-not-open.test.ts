import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventInfo, QueryResult } from '@shared/model';
import { startCli, type CliProcess } from '../fakes/cli-process';
import { startHub as startHubInProcess, TestClient, type Json } from '../fakes/hub-harness';
import { makeReadOnly, whyNotReadOnly } from '../fakes/read-only-folder';
import { makeVolume, whyNoVolumes, type SmallVolume } from '../fakes/small-volume';

const MIB = 1024 * 1024;
const noVolumes = whyNoVolumes();
const notReadOnly = whyNotReadOnly();
/** History opens by itself within this time of room. */
const OPEN_WITHIN_MS = 30_000;

let root: string;
let volume: SmallVolume | null = null;
const running = new Set<CliProcess>();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wirewatch-not-open-'));
});
afterEach(async () => {
  for (const each of running) each.kill('SIGKILL');
  for (const each of running) await each.ended;
  running.clear();
  volume?.remove();
  volume = null;
  rmSync(root, { recursive: true, force: true });
});

function smallVolume(bytes = 12 * MIB, inodes?: number): SmallVolume {
  volume = makeVolume(bytes, inodes);
  return volume;
}

interface Hub {
  process: CliProcess;
  port: number;
  url: string;
  /** The values of a series, by when they were. */
  values(metric: string): Promise<(number | null | undefined)[]>;
  query(params: Record<string, string>): Promise<QueryResult>;
  events(): Promise<EventInfo[]>;
  health(): Promise<Json>;
  isStoring(): Promise<boolean>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

async function startHub(dataDir: string, ...more: string[]): Promise<Hub> {
  const where = ['--port', '0', '--host', '127.0.0.1', '--data-dir', dataDir];
  const process = startCli(['serve', '--json', '--no-local-agent', '--admit', 'open', ...where, ...more]);
  running.add(process);
  const port = Number((await process.event('ready'))['port']);
  const url = `http://127.0.0.1:${port}`;
  const getJson = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json();
  const query = async (params: Record<string, string>) =>
    (await getJson(`/api/v1/query?${new URLSearchParams(params).toString()}`)) as QueryResult;
  const health = async () => (await getJson('/healthz')) as Json;
  return {
    process,
    port,
    url,
    query,
    health,
    async values(metric) {
      const { series } = await query({ device: 'd', metric, from: '-3h' });
      return series[0]?.v ?? [];
    },
    async events() {
      return ((await getJson('/api/v1/events?limit=500')) as { events: EventInfo[] }).events;
    },
    isStoring: async () => (await health())['storing'] === true,
    async stop(signal = 'SIGKILL') {
      process.kill(signal);
      await process.ended;
      running.delete(process);
    },
  };
}

/** A full agent that numbers its rows: row `n` has the value `n`. */
async function connect(hub: Hub): Promise<{ client: TestClient; welcome: Json }> {
  const client = await TestClient.open(`ws://127.0.0.1:${hub.port}`, ['wirewatch.v1']);
  const device = { id: 'd', name: 'd', kind: 'program' };
  client.send({ type: 'hello', device, agent: 'test/1', now: Date.now(), stream: 's' });
  const welcome = await client.message('welcome');
  client.send({ type: 'schema', version: 1, series: [{ name: 'n' }] });
  return { client, welcome };
}

const startedAt = Date.now() - 600_000;

function sendRows(client: TestClient, from: number, to: number): void {
  for (let n = from; n < to; n++) {
    client.send({ type: 'rows', seq: n, schema: 1, rows: [[startedAt + n * 1_000, n]] });
  }
}

function acksOf(client: TestClient): number[] {
  return client.heard
    .map((text) => JSON.parse(text) as Json)
    .filter(({ type }) => type === 'ack')
    .map(({ seq }) => Number(seq));
}

async function ackOf(client: TestClient, seq: number): Promise<void> {
  await expect.poll(() => acksOf(client).at(-1)).toBe(seq);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Rows 1 to 5 are stored, and the hub is gone. */
async function storeSome(dataDir: string): Promise<void> {
  const hub = await startHub(dataDir);
  const { client } = await connect(hub);
  sendRows(client, 1, 6);
  await ackOf(client, 5);
  await hub.stop();
}

/** Sends rows 6 to 55 while history is closed, checks that none is acknowledged, and says what the agent heard. */
async function sendInVain(hub: Hub): Promise<TestClient> {
  const { client, welcome } = await connect(hub);
  expect(welcome).toMatchObject({ state: 'approved' });
  sendRows(client, 6, 56);
  const notice = await client.message('notice');
  expect(notice['code']).toBe('NOT_STORED');
  // What the hub has read by the time it answers a ping cannot be acknowledged later than a commit would take.
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(acksOf(client)).toEqual([]);
  return client;
}

/** The same rows again, on a new connection: now they are stored, and there after another crash. */
async function sendAgain(hub: Hub, dataDir: string): Promise<void> {
  const { client, welcome } = await connect(hub);
  expect(welcome['acked']).toEqual({ s: 5 });
  sendRows(client, 6, 66);
  await ackOf(client, 65);
  await hub.stop();
  const after = await startHub(dataDir);
  expect(await after.values('n')).toEqual(range(1, 66));
  await after.stop();
}

describe.skipIf(noVolumes !== null)(`a volume without room (${noVolumes ?? 'tmpfs'})`, () => {
  it.each([0, 8 * 1024, 64 * 1024])(
    'with %i bytes free: nothing is acknowledged, the past is there, and history opens once there is room',
    async (leaveBytes) => {
      const { path, fill, free } = smallVolume();
      const dataDir = join(path, 'data');
      await storeSome(dataDir);
      fill(leaveBytes);

      const hub = await startHub(dataDir);
      expect(await hub.isStoring()).toBe(false);
      const agent = await sendInVain(hub);
      expect(hub.process.stderr).toContain('Nothing is stored until history opens');
      // What was stored, and what arrives.
      expect(await hub.values('n')).toEqual(expect.arrayContaining(range(1, 6)));
      const push = await fetch(`${hub.url}/api/v1/samples`, { method: 'POST', body: '{"id":"b","x":1}' });
      expect(push.status).toBe(503);
      expect(push.headers.get('Retry-After')).not.toBeNull();
      expect(await push.text()).toContain('NOT_STORED');
      const board = await TestClient.open(`ws://127.0.0.1:${hub.port}`);
      board.send('{"id":"board","x":1}');
      expect(await board.message('notice')).toMatchObject({ code: 'NOT_STORED' });

      free();
      const freedAt = performance.now();
      expect((await agent.close()).code).toBe(1001);
      expect(performance.now() - freedAt).toBeLessThan(OPEN_WITHIN_MS);
      await expect.poll(() => hub.isStoring()).toBe(true);
      const texts = (await hub.events()).map(({ text }) => text);
      expect(texts).toEqual(expect.arrayContaining([expect.stringContaining('History is not open')]));
      expect(texts).toEqual(expect.arrayContaining([expect.stringContaining('History is open')]));
      await sendAgain(hub, dataDir);
    },
  );

  it('when the hub has never run there', async () => {
    const { path, fill, free } = smallVolume();
    fill(0);
    const dataDir = join(path, 'data');
    const hub = await startHub(dataDir);
    const { client } = await connect(hub);
    sendRows(client, 1, 11);
    expect((await client.message('notice'))['code']).toBe('NOT_STORED');
    free();
    await client.close();
    const again = await connect(hub);
    sendRows(again.client, 1, 11);
    await ackOf(again.client, 10);
    await hub.stop();
    expect(await (await startHub(dataDir)).values('n')).toEqual(range(1, 11));
  });

  it('the real agent keeps its spool and says why, and loses nothing', async () => {
    const { path, fill, free } = smallVolume();
    const dataDir = join(path, 'data');
    await storeSome(dataDir);
    fill(0);
    const hub = await startHub(dataDir);
    const agentDir = join(root, 'agent');
    const agent = startCli(['agent', `ws://127.0.0.1:${hub.port}`, '--data-dir', agentDir, '--name', 'real']);
    running.add(agent);
    await expect.poll(() => agent.stderr + agent.stdout).toContain('the disk of the hub is full');
    const begun = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    free();
    await expect.poll(() => hub.isStoring(), { timeout: OPEN_WITHIN_MS }).toBe(true);
    const id = async (): Promise<string> => {
      const response = await fetch(`${hub.url}/api/v1/devices`);
      const { devices } = (await response.json()) as { devices: { id: string; name: string }[] };
      return devices.find(({ name }) => name === 'real')?.id ?? '';
    };
    const device = await id();
    /** Those on disk: a query with points is never answered from memory. */
    const stored = async (one: Hub): Promise<number[]> => {
      const metric = 'system.memory.usage';
      const answer = await one.query({ device, metric, from: '-10m', points: '1200' });
      const { t = [], avg = [] } = answer.series[0] ?? {};
      return t.filter((_, i) => typeof avg[i] === 'number');
    };
    // What it kept meanwhile, and what it sampled since.
    await expect.poll(async () => (await stored(hub)).some((t) => t < begun)).toBe(true);
    await expect.poll(async () => (await stored(hub)).length).toBeGreaterThan(6);
    agent.kill('SIGTERM');
    await agent.ended;
    const before = await stored(hub);
    await hub.stop();
    const after = await stored(await startHub(dataDir));
    expect(after.length).toBeGreaterThanOrEqual(before.length);
    const gaps = after.slice(1).map((t, i) => t - (after[i] ?? t));
    expect(Math.max(...gaps)).toBeLessThan(3_000);
  });

  it('without an inode, a setting that cannot be saved is refused and not in force', async () => {
    const { path, takeInodes, free } = smallVolume(MIB, 64);
    const { api, dispose } = await startHubInProcess({ dataDir: path });
    try {
      const before = await api.call('getSettings', {});
      takeInodes();
      await expect(api.call('updateSettings', { theme: 'dark' })).rejects.toMatchObject({
        code: 'FILE_UNWRITABLE',
      });
      expect(await api.call('getSettings', {})).toEqual(before);
      free();
      expect(await api.call('updateSettings', { theme: 'dark' })).toMatchObject({ theme: 'dark' });
    } finally {
      await dispose();
    }
  });
});

describe.skipIf(notReadOnly !== null)(`a read-only folder (${notReadOnly ?? 'mounted'})`, () => {
  it('acknowledges nothing, shows the past, and opens once it can be written', async () => {
    const dataDir = join(root, 'data');
    await storeSome(dataDir);
    const readOnly = makeReadOnly(dataDir);
    let hub: Hub;
    let agent: TestClient;
    try {
      hub = await startHub(dataDir);
      agent = await sendInVain(hub);
      expect(await hub.values('n')).toEqual(expect.arrayContaining(range(1, 6)));
    } finally {
      readOnly.undo();
    }
    expect((await agent.close()).code).toBe(1001);
    await sendAgain(hub, dataDir);
  });
});

describe('a second hub on one folder', () => {
  it('acknowledges nothing, shows the past, and takes over when the first one ends', async () => {
    const dataDir = join(root, 'data');
    await storeSome(dataDir);
    const first = await startHub(dataDir);
    const second = await startHub(dataDir);
    expect(await second.isStoring()).toBe(false);
    const agent = await sendInVain(second);
    expect(await second.values('n')).toEqual(expect.arrayContaining(range(1, 6)));
    // Meanwhile the first one meets a series of its own, which gets the id that the second one has given away.
    const other = await TestClient.open(`ws://127.0.0.1:${first.port}`, ['wirewatch.v1']);
    const device = { id: 'other', name: 'other', kind: 'program' };
    other.send({ type: 'hello', device, agent: 'test/1', now: Date.now(), stream: 'o' });
    await other.message('welcome');
    other.send({ type: 'schema', version: 1, series: [{ name: 'theirs' }] });
    other.send({ type: 'rows', seq: 1, schema: 1, rows: [[startedAt, 42]] });
    await ackOf(other, 1);
    const newcomer = await TestClient.open(`ws://127.0.0.1:${second.port}`, ['wirewatch.v1']);
    newcomer.send({ type: 'hello', device: { id: 'new', name: 'new', kind: 'program' }, agent: 't/1' });
    await newcomer.message('welcome');
    newcomer.send({ type: 'schema', version: 1, series: [{ name: 'ours' }] });
    newcomer.send({ type: 'rows', seq: 1, schema: 1, rows: [[startedAt, 7]] });
    await newcomer.message('notice');
    await first.stop();
    expect((await agent.close()).code).toBe(1001);
    await newcomer.close();
    const again = await TestClient.open(`ws://127.0.0.1:${second.port}`, ['wirewatch.v1']);
    again.send({ type: 'hello', device: { id: 'new', name: 'new', kind: 'program' }, agent: 't/1' });
    await again.message('welcome');
    again.send({ type: 'schema', version: 1, series: [{ name: 'ours' }] });
    again.send({ type: 'rows', seq: 1, schema: 1, rows: [[startedAt, 7]] });
    await ackOf(again, 1);
    const valueOf = async (hub: Hub, id: string) =>
      (await hub.query({ device: id, from: '-3h' })).series.map(({ metric, v }) => ({ metric, v }));
    expect(await valueOf(second, 'new')).toEqual([{ metric: 'ours', v: [7] }]);
    expect(await valueOf(second, 'other')).toEqual([{ metric: 'theirs', v: [42] }]);
    await sendAgain(second, dataDir);
    const after = await startHub(dataDir);
    expect(await valueOf(after, 'new')).toEqual([{ metric: 'ours', v: [7] }]);
    expect(await valueOf(after, 'other')).toEqual([{ metric: 'theirs', v: [42] }]);
  });
});

describe('a lock that is nobody’s', () => {
  it.each([
    ['random bytes appended', (path: string) => appendFileSync(path, randomBytes(5_000))],
    ['a few random bytes', (path: string) => writeFileSync(path, randomBytes(20))],
    ['zeros appended', (path: string) => appendFileSync(path, Buffer.alloc(8_192))],
    ['zeros instead', (path: string) => writeFileSync(path, Buffer.alloc(100))],
    ['a journal beside it', (path: string) => writeFileSync(`${path}-journal`, randomBytes(2_000))],
  ])('with %s keeps nobody out', async (_name, damage) => {
    const dataDir = join(root, 'data');
    await storeSome(dataDir);
    damage(join(dataDir, 'history', 'history.lock'));
    const hub = await startHub(dataDir);
    expect(await hub.isStoring()).toBe(true);
    expect(await hub.values('n')).toEqual(range(1, 6));
    // And still keeps a second one out.
    const second = await startHub(dataDir);
    expect(await second.isStoring()).toBe(false);
  });
});
