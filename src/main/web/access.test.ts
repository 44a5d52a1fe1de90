import { hostname, networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { ADMIN, startRunningWeb, type RunningWeb } from '../../../tests/fakes/running-web';

const JSON_TYPE = { 'Content-Type': 'application/json' };
/** A header that reverse proxies add; a request with it does not count as from this machine. */
const ELSEWHERE = { 'X-Forwarded-For': '192.168.1.77' };
const TOKEN = 'correct-horse';

let running: RunningWeb | undefined;
afterEach(async () => {
  await running?.dispose();
  running = undefined;
});

function openSession(web: RunningWeb, credentials: unknown, headers: Record<string, string> = {}) {
  return web.ask('/ui/session', {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify(credentials),
  });
}

describe('the UI and the API', () => {
  it('are open to this machine and nobody else by default', async () => {
    running = await startRunningWeb();
    expect((await running.ask('/')).status).toBe(200);
    expect((await running.ask('/api/v1/devices')).status).toBe(200);
    for (const path of ['/', '/api/v1/devices', '/ui/session']) {
      const answer = await running.ask(path, { headers: ELSEWHERE });
      expect(answer.status, path).toBe(403);
      expect(answer.body, path).toContain('--share-ui');
    }
  });

  it('count a machine that reaches its own network address as this machine', async () => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((one) => one !== undefined && !one.internal && one.family === 'IPv4')?.address;
    if (address === undefined) return;
    running = await startRunningWeb({}, { host: '0.0.0.0' });
    expect((await running.ask('/api/v1/devices', { host: address })).status).toBe(200);
  });

  it('tell a browser in a page and a program in a line of text', async () => {
    running = await startRunningWeb();
    const page = await running.ask('/', { headers: { ...ELSEWHERE, Accept: 'text/html' } });
    expect(page.headers['content-type']).toContain('text/html');
    const line = await running.ask('/', { headers: ELSEWHERE });
    expect(line.headers['content-type']).toContain('text/plain');
  });

  it('give other machines the agent and a bare health answer all the same', async () => {
    running = await startRunningWeb();
    expect((await running.ask('/wirewatch-agent.mjs', { headers: ELSEWHERE })).status).toBe(200);
    expect((await running.ask('/healthz', { headers: ELSEWHERE })).json()).toEqual({ status: 'ok' });
    expect((await running.ask('/healthz')).json()).toMatchObject({ status: 'ok', version: '1.2.3' });
  });

  it('are refused to pages of other sites', async () => {
    running = await startRunningWeb();
    const refused: Record<string, string>[] = [
      { Origin: 'http://evil.example' },
      { Origin: 'null' },
      { Origin: `http://127.0.0.1:${running.port + 1}` },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ];
    for (const headers of refused) {
      expect((await running.ask('/api/v1/devices', { headers })).status).toBe(403);
      expect((await openSession(running, {}, headers)).status).toBe(403);
    }
    const own = { Origin: `http://127.0.0.1:${running.port}`, 'Sec-Fetch-Site': 'same-origin' };
    expect((await running.ask('/api/v1/devices', { headers: own })).status).toBe(200);
  });

  it('need more than the right machine under a name that others on the network may claim', async () => {
    running = await startRunningWeb({}, { allowHosts: ['nas.lan'] });
    for (const name of [hostname(), `${hostname().split('.')[0]}.local`, 'nas.lan']) {
      const headers = { Host: `${name}:${running.port}` };
      expect((await running.ask('/api/v1/devices', { headers })).status, name).toBe(401);
      expect((await openSession(running, {}, headers)).status, name).toBe(401);
      const code = running.web.links.startupLink().split('#code=')[1];
      expect((await openSession(running, { code }, headers)).status, name).toBe(204);
    }
    const headers = { Host: `localhost:${running.port}` };
    expect((await running.ask('/api/v1/devices', { headers })).status).toBe(200);
  });

  it('are refused under a host name that is not this machine', async () => {
    running = await startRunningWeb();
    const answer = await running.ask('/api/v1/devices', { headers: { Host: 'evil.example' } });
    expect(answer.status).toBe(403);
  });
});

describe('a UI session', () => {
  it('is given to this machine for the asking, in a cookie that scripts and other sites cannot use', async () => {
    running = await startRunningWeb();
    const answer = await openSession(running, {});
    expect(answer.status).toBe(204);
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(
      new RegExp(`^wirewatch-${running.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/`),
    );
    const headers = { Cookie: cookie.split(';')[0] ?? '' };
    expect((await running.ask('/ui/session', { headers })).status).toBe(204);
    expect((await running.ask('/ui/session')).status).toBe(401);
  });

  it('is not opened a second time for a browser that has one', async () => {
    running = await startRunningWeb();
    const cookie = await running.signIn();
    const again = await openSession(running, {}, { Cookie: cookie });
    expect(again.status).toBe(204);
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  it('needs a link on other machines, which is good once', async () => {
    running = await startRunningWeb({}, { host: '0.0.0.0', shareUi: true });
    const { urls } = await running.hub.execute('createUiLink', {}, ADMIN);
    const code = urls[0]?.split('#code=')[1];
    expect((await openSession(running, {}, ELSEWHERE)).status).toBe(401);
    const first = await openSession(running, { code }, ELSEWHERE);
    expect(first.status).toBe(204);
    const second = await openSession(running, { code }, ELSEWHERE);
    expect(second.status).toBe(401);
    expect(second.json()).toMatchObject({ code: 'WRONG_CODE' });

    const Cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect((await running.ask('/api/v1/devices', { headers: ELSEWHERE })).status).toBe(401);
    expect((await running.ask('/api/v1/devices', { headers: { ...ELSEWHERE, Cookie } })).status).toBe(200);
  });

  it('is given links under the address that a browser has it open at, as behind a proxy', async () => {
    const web = await startRunningWeb({}, { shareUi: true });
    running = web;
    const urlsFor = async (page: string): Promise<string[]> =>
      (await web.hub.execute('createUiLink', { page }, ADMIN)).urls.map((url) => url.split('/#')[0] ?? '');
    expect((await urlsFor('https://example.com/mon/index.html?x=1#/settings'))[0]).toBe(
      'https://example.com/mon',
    );
    expect((await urlsFor('https://example.com/'))[0]).toBe('https://example.com');
    // The hub listens on this machine only, and none of these pages can be reached from another one.
    for (const page of ['http://127.0.0.1:7411/', 'http://localhost/', 'javascript:alert(1)']) {
      await expect(urlsFor(page)).rejects.toMatchObject({ code: 'NO_ADDRESS' });
    }
  });

  it('opens with the startup code from this machine, as often as wanted, and from nowhere else', async () => {
    running = await startRunningWeb({ uiToken: TOKEN });
    const code = running.web.links.startupLink().split('#code=')[1];
    expect((await openSession(running, { code })).status).toBe(204);
    expect((await openSession(running, { code })).status).toBe(204);
    expect((await openSession(running, { code }, ELSEWHERE)).status).toBe(401);
  });

  it.each([
    ['no JSON type', {}, '{}', 415],
    ['a body that is not JSON', JSON_TYPE, '{', 400],
    ['a body of another shape', JSON_TYPE, '{"code":7}', 400],
    ['a list', JSON_TYPE, '[]', 400],
    ['too much', JSON_TYPE, JSON.stringify({ code: 'x'.repeat(5_000) }), 413],
  ])('is refused to %s', async (_, headers, body, status) => {
    running = await startRunningWeb();
    const answer = await running.ask('/ui/session', { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
    const { code, message, ...rest } = answer.json() as Record<string, unknown>;
    expect([typeof code, typeof message, rest]).toEqual(['string', 'string', {}]);
  });
});

describe('a UI token', () => {
  it('is needed for the API, from this machine too', async () => {
    running = await startRunningWeb({ uiToken: TOKEN });
    const ask = (Authorization: string) => running?.ask('/api/v1/devices', { headers: { Authorization } });
    const without = await running.ask('/api/v1/devices');
    expect(without.status).toBe(401);
    expect(without.headers['www-authenticate']).toContain('Bearer');
    expect((await ask(`Bearer ${TOKEN}`))?.status).toBe(200);
    expect((await ask(`bearer ${TOKEN}`))?.status).toBe(200);
    expect((await ask(`Bearer ${TOKEN}x`))?.status).toBe(401);
    expect((await ask(`Basic ${TOKEN}`))?.status).toBe(401);
  });

  it('opens the UI and the API from other machines', async () => {
    running = await startRunningWeb({ uiToken: TOKEN });
    expect((await running.ask('/', { headers: ELSEWHERE })).status).toBe(200);
    expect((await openSession(running, { token: 'wrong' }, ELSEWHERE)).status).toBe(401);
    expect((await openSession(running, { token: TOKEN }, ELSEWHERE)).status).toBe(204);
    const headers = { ...ELSEWHERE, Authorization: `Bearer ${TOKEN}` };
    expect((await running.ask('/api/v1/devices', { headers })).status).toBe(200);
  });

  it('cannot be guessed at speed', async () => {
    running = await startRunningWeb({ uiToken: TOKEN });
    for (let i = 0; i < 10; i++) {
      const headers = { Authorization: `Bearer guess${i}` };
      expect((await running.ask('/api/v1/devices', { headers })).status).toBe(401);
    }
    const locked = await running.ask('/api/v1/devices', { headers: { Authorization: `Bearer ${TOKEN}` } });
    expect(locked.status).toBe(429);
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0);
    expect((await openSession(running, { token: TOKEN })).status).toBe(429);
  });
});
