import { afterEach, describe, expect, it } from 'vitest';
import type { RefusalInfo } from '@shared/model';
import type { HubOptions } from '../../src/main/hub/hub-contract';
import { TestClient } from '../fakes/hub-harness';
import { push } from '../fakes/push-client';
import { askRaw, type RawAnswer } from '../fakes/raw-http';
import { ADMIN, startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';

let web: RunningWeb | undefined;
const clients: TestClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  await web?.dispose();
  web = undefined;
});

async function start(options: Partial<HubOptions> = {}): Promise<RunningWeb> {
  return (web = await startRunningWeb({}, { admit: 'open', ...options }));
}

function listed({ hub }: RunningWeb, code: string): Promise<RefusalInfo[]> {
  return eventually(
    () => hub.execute('listRefusals', { code }, ADMIN),
    (list) => list.length > 0,
  );
}

/** Asks for a WebSocket as a page in a browser would. */
function upgrade(
  { port }: RunningWeb,
  { path = '/agent', host = `127.0.0.1:${port}`, origin }: { path?: string; host?: string; origin?: string },
): Promise<RawAnswer> {
  return askRaw(port, [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...(origin === undefined ? [] : [`Origin: ${origin}`]),
  ]);
}

describe('what is kept of those who are refused', () => {
  it('a web page: where it came from, what it asked for, and the option that lets it in', async () => {
    const origin = 'https://panel.example:8443';
    const refusing = await start();
    const before = Date.now();
    expect((await upgrade(refusing, { origin })).status).toBe(403);
    const [refusal, ...more] = await listed(refusing, 'ORIGIN_NOT_ALLOWED');
    expect(more).toEqual([]);
    expect(refusal).toEqual({
      at: expect.any(Number) as number,
      count: 1,
      address: '127.0.0.1',
      device: null,
      origin,
      host: `127.0.0.1:${refusing.port}`,
      path: '/agent',
      option: `--allow-origin ${origin}`,
    });
    expect(refusal?.at).toBeGreaterThanOrEqual(before);
    await refusing.dispose();

    const letting = await start({ allowOrigins: [origin] });
    expect((await upgrade(letting, { origin })).status).toBe(101);
  });

  it('a foreign host name: the name, and the option that lets it in', async () => {
    const refusing = await start();
    expect((await upgrade(refusing, { host: 'NAS.example.:7411' })).status).toBe(403);
    const [refusal] = await listed(refusing, 'HOST_NOT_ALLOWED');
    expect(refusal).toMatchObject({ host: 'NAS.example.:7411', option: '--allow-host NAS.example' });
    await refusing.dispose();

    const letting = await start({ allowHosts: ['NAS.example'] });
    expect((await upgrade(letting, { host: 'NAS.example.:7411' })).status).toBe(101);
  });

  it('a browser of another machine: the option that shares the UI', async () => {
    const running = await start();
    const answer = await running.ask('/', { headers: { 'X-Forwarded-For': '10.0.0.9' } });
    expect(answer.status).toBe(403);
    const [refusal] = await listed(running, 'UI_NOT_SHARED');
    expect(refusal).toMatchObject({ path: '/', address: '127.0.0.1', option: '--share-ui' });
  });

  it('a push over HTTP: its path, and nothing of its query', async () => {
    const running = await start({ admit: 'token' });
    await push(running.port, '/write?db=x&rp=hunter2', { body: 'temp value=1' });
    const [refusal] = await listed(running, 'TOKEN_NEEDED');
    expect(refusal).toMatchObject({ path: '/write', address: '127.0.0.1', option: '--admit ask' });
    await push(running.port, '/write', { headers: { Origin: 'https://evil.example' }, body: 'temp value=1' });
    const [page] = await listed(running, 'ORIGIN_NOT_ALLOWED');
    expect(page).toMatchObject({ path: '/write', origin: 'https://evil.example' });
  });

  it('a message of a device: which device, and from where', async () => {
    const running = await start();
    const client = await TestClient.open(`ws://127.0.0.1:${running.port}/agent`);
    clients.push(client);
    client.send({ id: 'attic', temp: 1 });
    await eventually(
      () => running.hub.execute('listDevices', {}, ADMIN),
      (devices) => devices.length === 1,
    );
    client.send('{"temp":');
    const [refusal] = await listed(running, 'BAD_JSON');
    expect(refusal).toMatchObject({ device: 'attic', address: '127.0.0.1', path: '/agent', option: null });
  });

  it('one row for each client, the latest first, and no more than the limit', async () => {
    const running = await start({ limits: { refusalsKept: 3 } });
    for (const name of ['a', 'b', 'c', 'd', 'b'])
      await upgrade(running, { origin: `https://${name}.example` });
    const list = await listed(running, 'ORIGIN_NOT_ALLOWED');
    expect(list.map(({ origin, count }) => [origin, count])).toEqual([
      ['https://b.example', 2],
      ['https://d.example', 1],
      ['https://c.example', 1],
    ]);
    expect((await running.hub.execute('getRefused', {}, ADMIN))['ORIGIN_NOT_ALLOWED']).toBe(5);
  });

  it('may be looked at by viewers, and is empty for what was never refused', async () => {
    const running = await start();
    const viewer = { from: 'test', role: 'viewer' } as const;
    expect(await running.hub.execute('listRefusals', { code: 'constructor' }, viewer)).toEqual([]);
  });
});

describe('what a client that is refused chooses itself', () => {
  it.each([
    ['the query', { path: '/nowhere?token=hunter2hunter2' }],
    ['an encoded query', { path: '/nowhere%3Ftoken=hunter2hunter2' }],
    ['parameters of a path', { path: '/nowhere;token=hunter2hunter2' }],
    ['a part of the path that could be a key', { path: '/hook/hunter2hunter2hunter2/x' }],
    ['a key of a device', { path: '/ww' + 'k_hunter2hunter2' }],
    ['a whole address as target', { path: 'http://me:hunter2hunter2@127.0.0.1/agent' }],
    ['a password in the origin', { origin: 'https://me:hunter2hunter2@panel.example' }],
    ['a path in the origin', { origin: 'https://panel.example/hunter2hunter2' }],
    ['a password in the host', { host: 'me:hunter2hunter2@nas.example' }],
  ])('shows no secret from %s', async (_, asked) => {
    const running = await start();
    await upgrade(running, asked);
    const counts = await eventually(
      () => running.hub.execute('getRefused', {}, ADMIN),
      (found) => Object.keys(found).length > 0,
    );
    const lists = await Promise.all(Object.keys(counts).map((code) => listed(running, code)));
    expect(lists.flat().length).toBeGreaterThan(0);
    expect(JSON.stringify(lists)).not.toContain('hunter2');
  });

  it.each([
    'https://x;reboot',
    'https://$(reboot)',
    'https://`reboot`',
    'https://-x.example',
    'null',
    'chrome-extension://abcdefghijklmnop',
    'https://a.example&reboot',
  ])('never becomes a command to paste: %s', async (origin) => {
    const running = await start();
    await upgrade(running, { origin });
    expect((await listed(running, 'ORIGIN_NOT_ALLOWED')).map(({ option }) => option)).toEqual([null]);
    await upgrade(running, { host: origin.replace('https://', '') });
    const hosts = await listed(running, 'HOST_NOT_ALLOWED');
    for (const { option } of hosts) expect(option ?? '').toMatch(/^(?:--allow-host [a-z][a-z.]*)?$/);
  });

  it('is one short line of plain text', async () => {
    const running = await start();
    await upgrade(running, { path: `/${'%E2%80%AE/'.repeat(300)}`, host: 'h'.repeat(3_000) });
    const [refusal] = await listed(running, 'HOST_NOT_ALLOWED');
    expect(refusal?.host).toHaveLength(200);
    expect(refusal?.path?.length).toBeLessThanOrEqual(200);
  });
});
