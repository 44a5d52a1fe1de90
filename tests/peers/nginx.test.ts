import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestClient } from '../fakes/hub-harness';
import { ADMIN, startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';

const hasNginx = spawnSync('nginx', ['-v']).status === 0;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe.skipIf(!hasNginx)('nginx as in the documentation (skipped where it is not installed)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wirewatch-nginx-'));
  let web: RunningWeb;
  let nginx: ChildProcess;
  let port: number;

  beforeAll(async () => {
    web = await startRunningWeb({ uiToken: 'right' }, { admit: 'open', trustProxies: ['127.0.0.1'] });
    port = await freePort();
    const docs = readFileSync('docs/behind-a-proxy.md', 'utf8');
    const recipe = /```nginx\n([^]*?)```/.exec(docs)?.[1]?.replace('127.0.0.1:7411', `127.0.0.1:${web.port}`);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    const config = `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error;
events {}
http { access_log off; ${temporary.join(' ')} server { listen 127.0.0.1:${port}; ${recipe} } }`;
    writeFileSync(join(folder, 'nginx.conf'), config);
    nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf')], { stdio: 'inherit' });
    await eventually(async () => (await fetch(`http://127.0.0.1:${port}/mon/`).catch(() => null))?.ok);
  });
  afterAll(async () => {
    nginx.kill('SIGTERM');
    await once(nginx, 'exit');
    await web.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings devices to the hub with their own addresses', async () => {
    const client = await TestClient.open(`ws://127.0.0.1:${port}/mon/agent`, [], {
      localAddress: '127.0.0.2',
      headers: { 'X-Forwarded-For': '6.6.6.6' },
    });
    client.send({ temp: 21.5 });
    const devices = await eventually(
      () => web.hub.execute('listDevices', {}, ADMIN),
      (all) => all.length > 0,
    );
    expect(devices.map(({ id }) => id)).toEqual(['ip:127.0.0.2']);
    client.end();
  });

  it('lets a browser sign in below its path, and opens its UI', async () => {
    const Origin = `http://127.0.0.1:${port}`;
    const signedIn = await fetch(`${Origin}/mon/ui/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin },
      body: '{"token":"right"}',
    });
    expect(signedIn.status).toBe(204);
    const Cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const ui = await TestClient.open(`ws://127.0.0.1:${port}/mon/ui`, [], { headers: { Cookie, Origin } });
    ui.send({ op: 'call', id: 1, name: 'getCaller', params: {} });
    await eventually(() => ui.heard.some((text) => text.includes('"role":"admin"')));
    ui.end();
  });
});
