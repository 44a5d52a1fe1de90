import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { TestClient } from '../fakes/hub-harness';
import { ADMIN, startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';
import { missingProxy, startProxy, type ProxyName } from './proxies';

/** Longer than a proxy's default idle timeout of 60 s. */
const IDLE_MS = 80_000;
const UI_TOKEN = 'idle';
const MISSING = { nginx: await missingProxy('nginx'), Caddy: await missingProxy('Caddy') };
const CASES: readonly { name: ProxyName; hasDefaultTimeouts: boolean; localAddress: string; how: string }[] =
  [
    {
      name: 'nginx',
      hasDefaultTimeouts: false,
      localAddress: '127.0.0.2',
      how: 'nginx as in the documentation',
    },
    {
      name: 'nginx',
      hasDefaultTimeouts: true,
      localAddress: '127.0.0.3',
      how: 'nginx with its own time-outs',
    },
    {
      name: 'Caddy',
      hasDefaultTimeouts: true,
      localAddress: '127.0.0.4',
      how: 'Caddy as in the documentation',
    },
  ];

describe('who says nothing for 80 s keeps the connection', () => {
  let web: RunningWeb;

  beforeAll(async () => {
    web = await startRunningWeb({ uiToken: UI_TOKEN }, { admit: 'open', trustProxies: ['127.0.0.1'] });
  });
  afterAll(() => web.dispose());

  it.concurrent.for(CASES)('behind $how: a device and a UI', async (one, { expect, skip }) => {
    const missing = MISSING[one.name];
    if (missing !== null) {
      console.log(`skipped: ${one.how}: ${missing}`);
      skip(missing);
    }
    const { name, hasDefaultTimeouts, localAddress } = one;
    const setup = { hubPort: web.port, isBelowPath: true, tls: null, hasDefaultTimeouts };
    const proxy = await startProxy(name, setup);
    try {
      const device = await TestClient.open(`${proxy.wsUrl}agent`, [], { localAddress });
      device.send({ temp: 21.5 });
      const Origin = new URL(proxy.url).origin;
      const signedIn = await fetch(`${proxy.url}ui/session`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin },
        body: JSON.stringify({ token: UI_TOKEN }),
      });
      expect(signedIn.status).toBe(204);
      const Cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
      const ui = await TestClient.open(`${proxy.wsUrl}ui`, [], { headers: { Cookie, Origin } });

      await delay(IDLE_MS);

      expect([device.closed, ui.closed]).toEqual([null, null]);
      ui.send({ op: 'call', id: 1, name: 'getCaller', params: {} });
      await eventually(() => ui.heard.some((text) => text.includes('"role":"admin"')));
      const devices = await web.hub.execute('listDevices', {}, ADMIN);
      // The hub never considered the silent device lost.
      expect(devices.find(({ id }) => id === `ip:${localAddress}`)?.state).toBe('online');
      device.end();
      ui.end();
    } finally {
      await proxy.dispose();
    }
  });
});
