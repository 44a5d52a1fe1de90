import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { QueryResult } from '@shared/model';
import { startCli, type CliProcess } from '../fakes/cli-process';
import { TestClient } from '../fakes/hub-harness';
import { eventually } from '../patience';

let dataDir = '';
const hubs = new Set<CliProcess>();

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-churn-'));
});

afterEach(async () => {
  for (const hub of hubs) {
    hub.kill('SIGKILL');
    await hub.ended;
  }
  hubs.clear();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<{ cli: CliProcess; port: number }> {
  const where = ['--port', '0', '--host', '127.0.0.1', '--data-dir', dataDir];
  const cli = startCli(['serve', '--json', '--no-local-agent', '--admit', 'open', ...where]);
  hubs.add(cli);
  return { cli, port: Number((await cli.event('ready'))['port']) };
}

async function query(port: number, metric: string): Promise<QueryResult['series']> {
  const text = new URLSearchParams({ device: 'dockerhost', from: '0', points: '1' });
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?${text.toString()}`);
  const series = answer.ok ? ((await answer.json()) as QueryResult).series : [];
  return series.filter((one) => one.metric.startsWith(metric));
}

it('a host whose bridges come and go still gets its thermometer in after a restart', async () => {
  const first = await start();
  const host = await TestClient.open(`ws://127.0.0.1:${first.port}`);
  for (let frame = 0; frame < 260; frame++) {
    const bridge = `br-${randomBytes(6).toString('hex')}`;
    const values: Record<string, number> = {};
    for (let i = 0; i < 8; i++) values[`net_${i}{iface=${bridge}}`] = frame;
    host.send({ id: 'dockerhost', ...values });
  }
  expect(await host.message('notice')).toMatchObject({ code: 'TOO_MANY_SERIES' });
  await eventually(
    () => query(first.port, 'net_0'),
    (series) => series.length === 250,
  );
  host.end();
  first.cli.kill('SIGTERM');
  await first.cli.ended;

  const second = await start();
  const again = await TestClient.open(`ws://127.0.0.1:${second.port}`);
  again.send({ id: 'dockerhost', temp: 21 });
  const [temp] = await eventually(
    () => query(second.port, 'temp'),
    (series) => series.length === 1,
  );
  expect([temp?.v?.at(-1), temp?.avg?.at(-1)]).toContain(21);
  // What made room can still be read.
  expect(await query(second.port, 'net_0')).toHaveLength(250);
  again.end();
});
