import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { HubOptions } from '../../src/main/hub/hub-contract';
import type { WebOptions } from '../../src/main/web/web';
import { startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { askRaw, type RawAnswer } from '../fakes/raw-http';
import { ADMIN, startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';

const TRUSTING = { trustProxies: ['127.0.0.1'] };

let hub: TestHub | undefined;
let web: RunningWeb | undefined;
const clients: TestClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  await hub?.dispose();
  await web?.dispose();
  hub = web = undefined;
});

async function start(options: Partial<HubOptions>): Promise<TestHub> {
  hub = await startHub({ admit: 'open', ...options });
  return hub;
}

/** A client that connects as a proxy would for somebody else. */
async function behind(test: TestHub, headers: Record<string, string>, path = '/agent'): Promise<TestClient> {
  const client = await TestClient.open(`${test.url}${path}`, [], { headers });
  clients.push(client);
  return client;
}

const devicesOf = async ({ hub: { execute } }: TestHub): Promise<string[]> =>
  (await execute('listDevices', {}, ADMIN)).map(({ id }) => id).sort();

async function addressesOf({ api }: TestHub): Promise<string[]> {
  const told = Promise.withResolvers<string[]>();
  const stop = api.subscribe('sessions', {}, ({ changed }) =>
    told.resolve(changed.map(({ address }) => address).sort()),
  );
  const addresses = await told.promise;
  stop();
  return addresses;
}

function upgrade(port: number, ...lines: string[]): Promise<RawAnswer> {
  return askRaw(port, [
    'GET /agent HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...lines,
  ]);
}

describe('devices behind a proxy', () => {
  it('are told apart by the address that a trusted proxy gives', async () => {
    const test = await start(TRUSTING);
    (await behind(test, { 'X-Forwarded-For': '10.0.0.1' })).send({ temp: 1 });
    (await behind(test, { 'X-Forwarded-For': '10.0.0.2' })).send({ temp: 2 });
    await eventually(
      () => devicesOf(test),
      (ids) => ids.join() === 'ip:10.0.0.1,ip:10.0.0.2',
    );
    expect(await addressesOf(test)).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('have the address of the proxy when nobody trusts it', async () => {
    const test = await start({});
    (await behind(test, { 'X-Forwarded-For': '10.0.0.1' })).send({ temp: 1 });
    await eventually(
      () => devicesOf(test),
      (ids) => ids.join() === 'ip:127.0.0.1',
    );
    expect(await addressesOf(test)).toEqual(['127.0.0.1']);
  });

  it('cannot lend themselves an address: only what the proxy appended counts', async () => {
    const test = await start(TRUSTING);
    await behind(test, { 'X-Forwarded-For': '127.0.0.1, 8.8.8.8, 10.0.0.9' });
    await behind(test, { 'X-Forwarded-For': `${'6.6.6.6, '.repeat(1_000)}10.0.0.9` });
    await behind(test, { 'X-Forwarded-For': '10.0.0.9, unknown' });
    await behind(test, { 'X-Forwarded-For': '"><script>' });
    expect(await addressesOf(test)).toEqual(['10.0.0.9', '10.0.0.9', '127.0.0.1', '127.0.0.1']);
  });

  it('do not count as the proxy’s neighbours: a peer elsewhere that says the same is not believed', async () => {
    const test = await start({ trustProxies: ['10.0.0.0/8', '::1'] });
    await behind(test, { 'X-Forwarded-For': '10.0.0.1' });
    expect(await addressesOf(test)).toEqual(['127.0.0.1']);
  });
});

describe('limits behind a trusted proxy', () => {
  it('count each client for itself', async () => {
    const test = await start({ ...TRUSTING, limits: { unauthenticatedPerAddress: 3 } });
    const { port } = test.hub;
    for (let i = 0; i < 3; i++) await behind(test, { 'X-Forwarded-For': '10.0.0.1' });
    const fourth = await upgrade(port, 'X-Forwarded-For: 10.0.0.1');
    expect(fourth.status).toBe(429);
    expect(fourth.body).toContain('TOO_MANY_UNAUTHENTICATED');
    for (let i = 0; i < 3; i++) await behind(test, { 'X-Forwarded-For': '10.0.0.2' });
    expect((await upgrade(port, 'X-Forwarded-For: 2001:db8::1')).status).toBe(101);
  });

  it('count the peer alone when it makes up a new address for each connection', async () => {
    const test = await start({ limits: { unauthenticatedPerAddress: 3 } });
    for (let i = 0; i < 3; i++) await behind(test, { 'X-Forwarded-For': `10.0.0.${i}` });
    expect((await upgrade(test.hub.port, 'X-Forwarded-For: 10.0.0.99')).status).toBe(429);
  });

  it('let the proxy bring many at once', async () => {
    const test = await start({ ...TRUSTING, limits: { unauthenticatedPerAddress: 3 } });
    const many = Array.from({ length: 40 }, (_, i) => behind(test, { 'X-Forwarded-For': `10.0.1.${i}` }));
    expect(await Promise.all(many)).toHaveLength(40);
  });

  it('send away a client that floods, by HTTP too, and nobody else', async () => {
    const test = await start({
      ...TRUSTING,
      limits: { freeStrikes: 1, penaltyMs: 60_000, controlFramesPerSec: 1 },
    });
    const { port } = test.hub;
    for (let i = 0; i < 3; i++) {
      const client = await behind(test, { 'X-Forwarded-For': '10.0.0.1' }).catch(() => null);
      if (!client) break;
      for (let ping = 0; ping < 400; ping++) client.socket.ping();
      expect((await client.close()).code).toBe(4003);
    }
    const again = await upgrade(port, 'X-Forwarded-For: 10.0.0.1');
    expect(again.status).toBe(429);
    expect(again.body).toContain('COOLING_OFF');
    const ask = (client: string): Promise<RawAnswer> =>
      askRaw(port, [
        'GET / HTTP/1.1',
        `Host: 127.0.0.1:${port}`,
        `X-Forwarded-For: ${client}`,
        'Connection: close',
      ]);
    expect((await ask('10.0.0.1')).body).toContain('COOLING_OFF');
    expect((await ask('10.0.0.2')).status).toBe(404);
    expect((await upgrade(port, 'X-Forwarded-For: 10.0.0.2')).status).toBe(101);
  });
});

describe('encryption that ends at a proxy', () => {
  it('satisfies --tls require when a trusted proxy says so', async () => {
    const test = await start({ ...TRUSTING, tls: 'require' });
    const { port } = test.hub;
    expect((await upgrade(port, 'X-Forwarded-Proto: https')).status).toBe(101);
    expect((await upgrade(port, 'X-Forwarded-Proto: wss', 'X-Forwarded-For: 10.0.0.1')).status).toBe(101);
    expect((await upgrade(port, 'X-Forwarded-Proto: http, https')).status).toBe(101);
    for (const said of ['http', 'https, http', 'HTTPS ;', 'httpss', '']) {
      const answer = await upgrade(port, `X-Forwarded-Proto: ${said}`);
      expect(answer.status).toBe(426);
      expect(answer.body).toContain('TLS_REQUIRED');
    }
    expect((await upgrade(port)).status).toBe(426);
  });

  it('is made up when anybody else says so', async () => {
    const test = await start({ tls: 'require' });
    expect((await upgrade(test.hub.port, 'X-Forwarded-Proto: https')).status).toBe(426);
  });
});

describe('the UI behind a proxy', () => {
  const open = async (options: Partial<WebOptions>, hubOptions: Partial<HubOptions>): Promise<RunningWeb> => {
    web = await startRunningWeb(options, { shareUi: true, ...hubOptions });
    return web;
  };
  const signIn = (from: RunningWeb, headers: Record<string, string>, body = '{"token":"right"}') =>
    from.ask('/ui/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body,
    });

  it('gives a cookie for encrypted pages alone when the proxy has a certificate', async () => {
    const running = await open({ uiToken: 'right' }, TRUSTING);
    const encrypted = await signIn(running, { 'X-Forwarded-For': '10.0.0.1', 'X-Forwarded-Proto': 'https' });
    expect(encrypted.headers['set-cookie']?.[0]).toMatch(/^__Host-.*; Secure$/);
    const plain = await signIn(running, { 'X-Forwarded-For': '10.0.0.1', 'X-Forwarded-Proto': 'http' });
    expect(plain.headers['set-cookie']?.[0]).not.toMatch(/Secure|__Host/);
  });

  it('shows the browser’s own address', async () => {
    const running = await open({ uiToken: 'right' }, TRUSTING);
    await signIn(running, { 'X-Forwarded-For': '10.0.0.1' });
    const [browser] = await running.hub.execute('listBrowsers', {}, ADMIN);
    expect(browser?.address).toBe('10.0.0.1');
  });

  it('makes only the one who guesses wait, whatever addresses he puts in front', async () => {
    const running = await open({ uiToken: 'right' }, TRUSTING);
    for (let i = 0; i < 10; i++) {
      await signIn(running, { 'X-Forwarded-For': `7.7.7.${i}, 10.0.0.1` }, '{"token":"wrong"}');
    }
    expect((await signIn(running, { 'X-Forwarded-For': '7.7.7.99, 10.0.0.1' })).status).toBe(429);
    expect((await signIn(running, { 'X-Forwarded-For': '10.0.0.2' })).status).toBe(204);
  });

  it('is never free, not for a client that claims to be the hub’s own machine', async () => {
    const running = await open({}, TRUSTING);
    for (const claim of ['127.0.0.1', '::1', 'unknown', '']) {
      const answer = await running.ask('/api/v1/devices', { headers: { 'X-Forwarded-For': claim } });
      expect(answer.status).toBe(401);
    }
  });
});
