import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { QueryResult } from '@shared/model';
import { startCli, type CliProcess } from '../fakes/cli-process';
import { TestClient, type Json } from '../fakes/hub-harness';

const MINUTE_MS = 60_000;
const leftovers = new Set<CliProcess>();
const folders = new Set<string>();

afterEach(() => {
  for (const hub of leftovers) hub.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  leftovers.clear();
  folders.clear();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wirewatch-crash-'));
  folders.add(folder);
  return folder;
}

interface RunningHub {
  port: number;
  crash(): Promise<void>;
  query(params: Record<string, string | number>): Promise<QueryResult>;
}

async function startHub(dataDir: string): Promise<RunningHub> {
  const where = ['--port', '0', '--host', '127.0.0.1', '--data-dir', dataDir];
  const hub = startCli(['serve', '--json', '--no-local-agent', '--admit', 'open', ...where]);
  leftovers.add(hub);
  const port = Number((await hub.event('ready'))['port']);
  return {
    port,
    async crash() {
      hub.kill('SIGKILL');
      await hub.ended;
    },
    async query(params) {
      const text = new URLSearchParams();
      for (const [name, value] of Object.entries(params)) text.set(name, String(value));
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?${text.toString()}`);
      return (await answer.json()) as QueryResult;
    },
  };
}

async function connect(hub: RunningHub, series: Json[]): Promise<{ client: TestClient; welcome: Json }> {
  const client = await TestClient.open(`ws://127.0.0.1:${hub.port}`, ['wirewatch.v1']);
  const device = { id: 'd', name: 'd', kind: 'program' };
  client.send({ type: 'hello', device, agent: 'test/1', now: Date.now(), stream: 's' });
  const welcome = await client.message('welcome');
  client.send({ type: 'schema', version: 1, series });
  return { client, welcome };
}

async function send(client: TestClient, seq: number, rows: (number | null)[][]): Promise<void> {
  const from = client.heard.length;
  client.send({ type: 'rows', seq, schema: 1, rows });
  expect((await client.message('ack', from))['seq']).toBe(seq);
}

it('knows a new device, its marks and all it sent, when killed right after the first acknowledgement', async () => {
  const folder = newFolder();
  const now = Date.now();
  const series = [{ name: 'x' }, { name: 'odd {name}', labels: { 'k8s.io/app': 'web', größe: '"9"' } }];
  let hub = await startHub(folder);
  await send((await connect(hub, series)).client, 7, [[now, 1, 2]]);
  await hub.crash();

  hub = await startHub(folder);
  const before = await hub.query({ device: 'd', from: now });
  expect(before.series.map(({ metric, labels, v }) => ({ metric, labels, v }))).toEqual([
    { metric: 'x', labels: {}, v: [1] },
    { metric: 'odd {name}', labels: { 'k8s.io/app': 'web', größe: '"9"' }, v: [2] },
  ]);
  const { client, welcome } = await connect(hub, series);
  expect(welcome).toMatchObject({ ackedSeq: 7, acked: { s: 7 } });
  await send(client, 7, [[now, 100, 200]]);
  const after = await hub.query({ device: 'd', from: now });
  expect(after.series).toEqual(before.series);
});

it('shows what it has of a device whose entry is lost, and goes on with its stream', async () => {
  const folder = newFolder();
  const now = Date.now();
  let hub = await startHub(folder);
  await send((await connect(hub, [{ name: 'x' }])).client, 3, [[now, 1]]);
  await hub.crash();
  rmSync(join(folder, 'devices.journal'), { force: true });
  const db = new DatabaseSync(join(folder, 'history', 'history.db'));
  db.exec('DELETE FROM known_devices');
  db.close();

  hub = await startHub(folder);
  expect((await hub.query({ device: 'd', from: now })).series[0]?.v).toEqual([1]);
  expect((await connect(hub, [{ name: 'x' }])).welcome).toMatchObject({ state: 'approved', acked: { s: 3 } });
});

it('answers with what was on disk before it started, whatever late rows came since', async () => {
  const folder = newFolder();
  const start = Date.now() - 5 * MINUTE_MS;
  const rows = Array.from({ length: 20 }, (_, i) => [start + i * 1_000, i]);
  let hub = await startHub(folder);
  await send((await connect(hub, [{ name: 'x' }])).client, 1, rows);
  await hub.crash();

  hub = await startHub(folder);
  const { client } = await connect(hub, [{ name: 'x' }]);
  await send(client, 2, [
    [start + 2_500, 2.5],
    [start + 20_000, 20],
  ]);
  const answer = await hub.query({ device: 'd', from: start + 3_000, to: start + 60_000 });
  expect(answer.series[0]?.v).toEqual(Array.from({ length: 18 }, (_, i) => i + 3));
});
