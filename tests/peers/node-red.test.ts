import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../patience';
import { HubProcess } from './hub-process';
import { installNpm } from './packages';
import { describePeer, freePort, startPeer, type Peer } from './peer';

/** Node-RED needs a newer Node than the one that may run these tests. */
const NODE = resolve('node_modules/.bin/node');
const AWAY_MS = 3_000;
const { missing, folder } = await installNpm(['node-red@5.0.7']);

/** Returns two counters that send once a second: one over a WebSocket, one over HTTP. */
function flows(authority: string): object[] {
  const z = 'flow';
  const counter = (id: string, device: string, next: string) => [
    { id: `${id}-tick`, type: 'inject', z, props: [], repeat: '0.5', once: true, wires: [[`${id}-count`]] },
    {
      id: `${id}-count`,
      type: 'function',
      z,
      func: `const n = (context.get('n') ?? 0) + 1;
context.set('n', n);
return { payload: { id: '${device}', n, ts: Date.now() } };`,
      wires: [[next]],
    },
  ];
  const url = `http://${authority}/api/v1/samples`;
  return [
    { id: z, type: 'tab', label: 'To the hub' },
    { id: 'hub', type: 'websocket-client', path: `ws://${authority}/agent`, wholemsg: 'false', hb: '0' },
    ...counter('ws', 'greenhouse', 'ws-json'),
    { id: 'ws-json', type: 'json', z, property: 'payload', action: 'str', wires: [['ws-out']] },
    { id: 'ws-out', type: 'websocket out', z, server: '', client: 'hub', wires: [] },
    ...counter('http', 'cellar', 'http-out'),
    { id: 'http-out', type: 'http request', z, method: 'POST', ret: 'obj', url, wires: [[]] },
  ];
}

describePeer('Node-RED', missing, () => {
  const work = mkdtempSync(join(tmpdir(), 'wirewatch-node-red-'));
  let hub: HubProcess;
  let nodeRed: Peer;

  beforeAll(async () => {
    hub = await HubProcess.create();
    await hub.start();
    const settings = {
      uiHost: '127.0.0.1',
      uiPort: await freePort(),
      httpAdminRoot: false,
      httpNodeRoot: false,
      credentialSecret: false,
      telemetry: { enabled: false },
    };
    writeFileSync(join(work, 'settings.js'), `module.exports = ${JSON.stringify(settings)};`);
    writeFileSync(join(work, 'flows.json'), JSON.stringify(flows(hub.authority)));
    const program = join(folder, 'node_modules', 'node-red', 'red.js');
    const options = ['--userDir', work, '--settings', join(work, 'settings.js'), join(work, 'flows.json')];
    nodeRed = startPeer(NODE, [program, ...options], { cwd: work });
  });
  afterAll(async () => {
    await nodeRed.stop();
    await hub.dispose();
    rmSync(work, { recursive: true, force: true });
  });

  it.each(['greenhouse', 'cellar'])('sends one sample after the other: %s', async (device) => {
    await hub.deviceIn(device, 'online');
    const [series] = await eventually(
      () => hub.series(device),
      ([first]) => (first?.v.length ?? 0) >= 5,
    );
    expect(series?.metric).toBe('n');
    const first = series?.v[0] ?? Number.NaN;
    expect(series?.v).toEqual(series?.v.map((_, i) => first + i));
  });

  it('comes back when the hub does', async () => {
    await hub.stop();
    await delay(AWAY_MS);
    await hub.start();
    await hub.deviceIn('greenhouse', 'online');
    await hub.deviceIn('cellar', 'online');
  });
});
