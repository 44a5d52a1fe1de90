import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { VIEWER_COMMANDS, type CommandName } from '@shared/hub-api';
import type { AuditEntry, BrowserInfo, UiRole } from '@shared/model';
import { FakeStore } from '../../../tests/fakes/fake-store';
import { ADMIN, startRunningWeb, type Answer, type RunningWeb } from '../../../tests/fakes/running-web';

const JSON_TYPE = { 'Content-Type': 'application/json' };
/** A header that reverse proxies add; a request with it does not count as from this machine. */
const ELSEWHERE = { 'X-Forwarded-For': '192.168.1.77' };
const NDJSON = { 'Content-Type': 'application/x-ndjson' };

const running: RunningWeb[] = [];
const sockets: WebSocket[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const web of running.splice(0)) await web.dispose();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function start(...options: Parameters<typeof startRunningWeb>): Promise<RunningWeb> {
  const web = await startRunningWeb(...options);
  running.push(web);
  return web;
}

const startShared = (): Promise<RunningWeb> => start({}, { host: '0.0.0.0', shareUi: true });

async function linkCode(web: RunningWeb, role: UiRole): Promise<string> {
  const { urls } = await web.hub.execute('createUiLink', { role }, ADMIN);
  return urls[0]?.split('#code=')[1] ?? '';
}

function post(web: RunningWeb, credentials: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const body = JSON.stringify(credentials);
  return web.ask('/ui/session', { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body });
}

function cookieOf(answer: Answer): string {
  return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

async function openLink(
  web: RunningWeb,
  role: UiRole,
  headers: Record<string, string> = ELSEWHERE,
): Promise<string> {
  return cookieOf(await post(web, { code: await linkCode(web, role) }, headers));
}

async function openUi(web: RunningWeb, Cookie: string, headers: Record<string, string> = ELSEWHERE) {
  const Origin = `http://127.0.0.1:${web.port}`;
  const socket = new WebSocket(`ws://127.0.0.1:${web.port}/ui`, { headers: { Cookie, Origin, ...headers } });
  sockets.push(socket);
  await once(socket, 'open');
  let id = 0;
  const call = (name: CommandName, params: unknown = {}): Promise<Record<string, unknown>> =>
    new Promise((resolve) => {
      const mine = ++id;
      const onMessage = (data: Buffer): void => {
        const message = JSON.parse(data.toString()) as Record<string, unknown>;
        if (message['id'] !== mine || !['result', 'error'].includes(String(message['op']))) return;
        socket.off('message', onMessage);
        resolve(message);
      };
      socket.on('message', onMessage);
      socket.send(JSON.stringify({ op: 'call', id: mine, name, params }));
    });
  return { socket, call };
}

describe('a viewer', () => {
  it('looks at everything over the bridge and changes nothing', async () => {
    const web = await startShared();
    const { call } = await openUi(web, await openLink(web, 'viewer'));
    expect(await call('getCaller')).toMatchObject({ value: { role: 'viewer', from: '127.0.0.1' } });
    expect(await call('listDevices')).toMatchObject({ value: [] });
    const before = web.hub.settings();
    const attempts: [CommandName, unknown][] = [
      ['updateSettings', { admit: 'open' }],
      ['createUiLink', { role: 'admin' }],
      ['listBrowsers', {}],
      ['revokeBrowser', { browser: 'x' }],
      ['approveDevice', { device: 'x' }],
      ['addNote', { at: 1, text: 'hello', device: null }],
    ];
    for (const [name, params] of attempts) {
      expect(VIEWER_COMMANDS.has(name)).toBe(false);
      expect(await call(name, params), name).toMatchObject({ op: 'error', code: 'NOT_ALLOWED' });
    }
    expect(web.hub.settings()).toEqual(before);
    const refused = await web.hub.execute('getRefused', {}, ADMIN);
    expect(refused['NOT_ALLOWED']).toBe(attempts.length);
  });

  it('reads the API and imports nothing, not even on the hub’s own machine', async () => {
    const web = await startShared();
    for (const headers of [ELSEWHERE, {}]) {
      const Cookie = await openLink(web, 'viewer', headers as typeof ELSEWHERE);
      expect((await web.ask('/api/v1/devices', { headers: { ...headers, Cookie } })).status).toBe(200);
      const sent = { method: 'POST', headers: { ...headers, ...NDJSON, Cookie }, body: '' };
      const answer = await web.ask('/api/v1/import', sent);
      expect([answer.status, answer.json()]).toMatchObject([403, { error: { code: 'NOT_ALLOWED' } }]);
    }
  });

  it('stays one whatever it asks for, and becomes an admin with an admin’s link', async () => {
    const web = await startShared();
    const Cookie = await openLink(web, 'viewer');
    for (const credentials of [{}, { role: 'admin' }, { code: 'guess' }]) {
      const again = await post(web, credentials, { ...ELSEWHERE, Cookie });
      expect(again.headers['set-cookie']).toBeUndefined();
    }
    const { call, socket } = await openUi(web, Cookie);
    expect(await call('getCaller')).toMatchObject({ value: { role: 'viewer' } });
    const closed = once(socket, 'close') as Promise<[number]>;
    const code = await linkCode(web, 'admin');
    const admin = cookieOf(await post(web, { code }, { ...ELSEWHERE, Cookie }));
    expect((await closed)[0]).toBe(4001);
    const ui = await openUi(web, admin);
    expect(await ui.call('getCaller')).toMatchObject({ value: { role: 'admin' } });
    expect(await ui.call('updateSettings', { theme: 'dark' })).toMatchObject({ op: 'result' });
  });
});

describe('a viewer token', () => {
  const tokens = { uiToken: 'correct-horse', uiViewerToken: 'battery-staple' };

  it('opens the UI and the API for looking only', async () => {
    const web = await start(tokens);
    const headers = { ...ELSEWHERE, Authorization: `Bearer ${tokens.uiViewerToken}` };
    expect((await web.ask('/api/v1/devices', { headers })).status).toBe(200);
    const sent = { method: 'POST', headers: { ...headers, ...NDJSON }, body: '' };
    expect((await web.ask('/api/v1/import', sent)).status).toBe(403);
    const Cookie = cookieOf(await post(web, { token: tokens.uiViewerToken }, ELSEWHERE));
    const { call } = await openUi(web, Cookie);
    expect(await call('getCaller')).toMatchObject({ value: { role: 'viewer' } });
  });

  it('asks nothing more of the hub’s own machine', async () => {
    const web = await start({ uiViewerToken: tokens.uiViewerToken });
    expect((await web.ask('/api/v1/devices')).status).toBe(200);
    const { call } = await openUi(web, await web.signIn(), {});
    expect(await call('getCaller')).toMatchObject({ value: { role: 'admin' } });
  });

  it('does not help to guess the other one', async () => {
    const web = await start(tokens);
    const ask = (token: string) =>
      web.ask('/api/v1/devices', { headers: { ...ELSEWHERE, Authorization: `Bearer ${token}` } });
    for (let i = 0; i < 10; i++) {
      expect((await ask(`guess${i}`)).status).toBe(401);
      if (i < 9) expect((await ask(tokens.uiViewerToken)).status).toBe(200);
    }
    expect((await ask('guess')).status).toBe(429);
  });
});

describe('the signed-in browsers', () => {
  it('are listed with where they are, what they may, and how many UIs they have open', async () => {
    const web = await startShared();
    const headers = { ...ELSEWHERE, 'User-Agent': 'Mozilla/5.0 <b> (Phone)' };
    const viewer = await openLink(web, 'viewer', headers);
    await openUi(web, viewer, headers);
    await openUi(web, viewer, headers);
    const { call } = await openUi(web, await web.signIn(), {});
    const listed = (await call('listBrowsers'))['value'] as BrowserInfo[];
    expect(listed).toMatchObject([
      { role: 'viewer', address: '127.0.0.1', userAgent: 'Mozilla/5.0 <b> (Phone)', open: 2, current: false },
      { role: 'admin', address: '127.0.0.1', userAgent: null, open: 1, current: true },
    ]);
    expect(JSON.stringify(listed)).not.toContain(viewer.split('=')[1]);
  });

  it('are signed out at once when revoked: UIs closed, cookie worthless', async () => {
    const web = await startShared();
    const Cookie = await openLink(web, 'admin');
    const { socket } = await openUi(web, Cookie);
    const [phone] = await web.hub.execute('listBrowsers', {}, ADMIN);
    const closed = once(socket, 'close') as Promise<[number]>;
    await web.hub.execute('revokeBrowser', { browser: phone?.id ?? '' }, ADMIN);
    expect((await closed)[0]).toBe(4001);
    expect((await web.ask('/api/v1/devices', { headers: { ...ELSEWHERE, Cookie } })).status).toBe(401);
    expect(await web.hub.execute('listBrowsers', {}, ADMIN)).toEqual([]);
    await expect(web.hub.execute('revokeBrowser', { browser: 'x' }, ADMIN)).rejects.toMatchObject({
      code: 'NO_SUCH_BROWSER',
    });
  });

  it('are cut off in the middle of what the API still gives or takes', async () => {
    const web = await start({}, { store: new FakeStore() });
    const headers = { ...NDJSON, Cookie: await web.signIn(), Expect: '100-continue' };
    const importing = requestPlain({
      host: '127.0.0.1',
      port: web.port,
      path: '/api/v1/import',
      method: 'POST',
      headers,
    });
    const failed = once(importing, 'error');
    importing.flushHeaders();
    await Promise.race([once(importing, 'continue'), failed]);
    importing.write('{"device":"a",');
    const [browser] = await web.hub.execute('listBrowsers', {}, ADMIN);
    await web.hub.execute('revokeBrowser', { browser: browser?.id ?? '' }, ADMIN);
    expect(String((await failed)[0])).toMatch(/ECONNRESET|hang up/);
  });

  it('sign themselves out, viewers too, and nobody else does it for them', async () => {
    const web = await startShared();
    const Cookie = await openLink(web, 'viewer');
    const { socket } = await openUi(web, Cookie);
    const signOut = (headers: Record<string, string>) =>
      web.ask('/ui/session', { method: 'DELETE', headers: { ...ELSEWHERE, Cookie, ...headers } });
    expect((await signOut({ Origin: 'http://evil.example' })).status).toBe(403);
    const closed = once(socket, 'close') as Promise<[number]>;
    const answer = await signOut({ Origin: `http://127.0.0.1:${web.port}` });
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']?.[0]).toContain('Max-Age=0');
    expect((await closed)[0]).toBe(4001);
    expect((await web.ask('/ui/session', { headers: { ...ELSEWHERE, Cookie } })).status).toBe(401);
  });

  it('stay signed in over a restart of the hub', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-roles-'));
    folders.push(dataDir);
    const first = await startRunningWeb({ dataDir }, { host: '0.0.0.0', shareUi: true });
    const Cookie = await openLink(first, 'viewer');
    await first.dispose();
    const again = { host: '0.0.0.0', shareUi: true, port: first.port };
    const second = await start({ dataDir }, again);
    const { call } = await openUi(second, Cookie);
    expect(await call('getCaller')).toMatchObject({ value: { role: 'viewer' } });
  });

  it('of other machines are signed out for good when sharing ends', async () => {
    const web = await startShared();
    const Cookie = await openLink(web, 'admin');
    const own = await web.signIn();
    await web.hub.execute('updateSettings', { shareUi: false }, ADMIN);
    await web.hub.execute('updateSettings', { shareUi: true }, ADMIN);
    expect((await web.ask('/ui/session', { headers: { ...ELSEWHERE, Cookie } })).status).toBe(401);
    expect((await web.ask('/ui/session', { headers: { Cookie: own } })).status).toBe(204);
  });
});

describe('the audit log', () => {
  it('says who changed what and from where, to admins only', async () => {
    const web = await startShared();
    const viewer = await openLink(web, 'viewer');
    const { call } = await openUi(
      web,
      await openLink(web, 'admin', { ...ELSEWHERE, 'User-Agent': 'Firefox/1' }),
      {
        ...ELSEWHERE,
        'User-Agent': 'Firefox/1',
      },
    );
    await call('updateSettings', { admit: 'token' });
    await call('createJoinToken', { name: 'garage', lifetimeMs: null, maxUses: 1 });
    // A refused command, an invalid one, and one without effect: none of them changed anything.
    await call('removeDevice', { device: 'nobody' });
    await call('createJoinToken', { name: '' });
    await call('updateSettings', { admit: 'token' });
    const { entries } = (await web.ask('/api/v1/audit')).json() as { entries: AuditEntry[] };
    expect(entries.map(({ text }) => text)).toEqual([
      'Created the join token "garage".',
      'Changed the settings: approval of new devices, from ask to token.',
      'Created a link that opens the UI as admin.',
      'Created a link that opens the UI as viewer.',
    ]);
    expect(entries[0]?.by).toEqual({
      kind: 'browser',
      role: 'admin',
      address: '127.0.0.1',
      userAgent: 'Firefox/1',
    });
    const refused = await web.ask('/api/v1/audit', { headers: { Cookie: viewer, ...ELSEWHERE } });
    expect(refused.status).toBe(403);
    expect((await web.ask('/api/v1/audit?limit=1&before=3')).json()).toMatchObject({ entries: [{ id: 2 }] });
    expect((await web.ask('/api/v1/audit?limit=0')).status).toBe(400);
  });
});

describe('failures', () => {
  const guessTen = async (web: RunningWeb, headers: Record<string, string>): Promise<number> => {
    for (let i = 0; i < 10; i++) await post(web, { token: `guess${i}` }, headers);
    return (await post(web, { token: 'guess' }, headers)).status;
  };

  it('of others on the hub’s own machine do not keep its owner out', async () => {
    const web = await start({ uiToken: 'correct-horse' });
    const Cookie = cookieOf(await post(web, { token: 'correct-horse' }));
    expect(await guessTen(web, {})).toBe(429);
    const code = web.web.links.startupLink().split('#code=')[1];
    expect((await post(web, { code })).status).toBe(204);
    expect((await web.ask('/api/v1/devices', { headers: { Cookie } })).status).toBe(200);
    expect((await post(web, {}, { Cookie })).status).toBe(204);
  });

  it('through a proxy do not count against the machine that it runs on', async () => {
    const web = await start({ uiToken: 'correct-horse' });
    expect(await guessTen(web, ELSEWHERE)).toBe(429);
    expect((await post(web, { token: 'correct-horse' })).status).toBe(204);
  });

  it('are counted by code for the owner to see', async () => {
    const web = await start({ uiToken: 'correct-horse' });
    await guessTen(web, ELSEWHERE);
    await post(web, {}, { Origin: 'http://evil.example' });
    expect(await web.hub.execute('getRefused', {}, ADMIN)).toMatchObject({
      WRONG_TOKEN: 10,
      TOO_MANY_FAILURES: 1,
      OTHER_SITE: 1,
    });
  });
});

describe('over TLS', () => {
  it('a browser has a cookie of its own, which no page without encryption can replace or use', async () => {
    const web = await start({}, { host: '0.0.0.0', shareUi: true, tls: 'allow' });
    const code = await linkCode(web, 'viewer');
    const secure = await askSecurely(
      web,
      { ...JSON_TYPE, Origin: `https://127.0.0.1:${web.port}` },
      { code },
    );
    const cookie = secure.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(new RegExp(`^__Host-wirewatch-${web.port}=[\\w-]{43}; .*Path=/; .*Secure$`));
    const own = cookie.split(';')[0] ?? '';
    const plainCookie = own.replace('__Host-', '');
    const [encrypted, plain] = [ELSEWHERE, { ...ELSEWHERE, Cookie: own }];
    expect((await askSecurely(web, { ...encrypted, Cookie: own })).statusCode).toBe(204);
    expect((await askSecurely(web, { ...encrypted, Cookie: plainCookie })).statusCode).toBe(401);
    expect((await web.ask('/ui/session', { headers: plain })).status).toBe(401);
    const downgraded = { ...encrypted, Cookie: own, Origin: `http://127.0.0.1:${web.port}` };
    expect((await askSecurely(web, downgraded)).statusCode).toBe(403);
  });
});

/** Asks for `/ui/session` over TLS: GET, or POST with credentials. */
function askSecurely(
  { port }: RunningWeb,
  headers: Record<string, string>,
  credentials?: unknown,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const method = credentials === undefined ? 'GET' : 'POST';
    const options = {
      host: '127.0.0.1',
      port,
      path: '/ui/session',
      method,
      headers,
      rejectUnauthorized: false,
    };
    const sent = request({ ...options, agent: false }, (response) => resolve(response.resume()));
    sent.on('error', reject);
    sent.end(credentials === undefined ? undefined : JSON.stringify(credentials));
  });
}
