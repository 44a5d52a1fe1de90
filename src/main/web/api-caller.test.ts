import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '@shared/logger';
import type { UiRole } from '@shared/model';
import { ManualClock } from '../../../tests/fakes/manual-clock';
import { createFailureLimiter } from '../hub/bounds/failure-limiter';
import { createAccess, type UiTokens } from './access';
import { formatSessionCookie, readCookies, sessionCookieName } from './cookies';
import { createUiSessions } from './ui-sessions';

const HERE = '127.0.0.1';
const THERE = '192.168.1.9';

interface Asked {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  from?: string;
  host?: string;
  cookieOf?: UiRole;
  bearer?: string;
  headers?: Record<string, string>;
}

/** Creates a hub's rules, and returns their answer to a request: the caller's role, or the code of the refusal. */
function rulesOf({ shared = true, tokens = { admin: null, viewer: null } as UiTokens } = {}) {
  const clock = new ManualClock();
  const policy = { isShared: shared, machineMayEnter: true, tokens: [] };
  const sessions = createUiSessions({ clock, log: silentLogger, dataDir: null, policy });
  const refused: string[] = [];
  const access = createAccess({
    port: () => 7411,
    isShared: () => shared,
    tokens,
    sessions,
    failures: createFailureLimiter(clock, 3, 60_000),
    onRefused: (code) => refused.push(code),
  });
  const open = (role: UiRole): string =>
    sessions.open({ role, local: false, by: 'link', address: THERE, userAgent: undefined });
  const secrets = { admin: open('admin'), viewer: open('viewer') };

  function judge({
    method = 'GET',
    from = HERE,
    host = `${HERE}:7411`,
    cookieOf,
    bearer,
    headers = {},
  }: Asked): string {
    const request = {
      method,
      headers: {
        host,
        ...(cookieOf && { cookie: `wirewatch-7411=${secrets[cookieOf]}` }),
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      socket: { remoteAddress: from, localAddress: HERE },
    } as unknown as IncomingMessage;
    const answer = access.apiCaller(request);
    return 'refusal' in answer ? `${answer.refusal.status} ${answer.refusal.code}` : answer.caller.role;
  }
  return { judge, refused, clock };
}

describe('the API, where no token is set', () => {
  it('is open to this machine, for reading and for changing', () => {
    const { judge } = rulesOf({ shared: false });
    expect([judge({}), judge({ method: 'POST' })]).toEqual(['admin', 'admin']);
    expect(judge({ host: 'localhost:7411', method: 'POST' })).toBe('admin');
  });

  it('takes an admin’s cookie alone for reading, and for nothing else', () => {
    const { judge } = rulesOf();
    const asked: Asked = { from: THERE, cookieOf: 'admin' };
    expect([judge(asked), judge({ ...asked, method: 'HEAD' })]).toEqual(['admin', 'admin']);
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      expect(judge({ ...asked, method })).toBe('401 UNAUTHORISED');
    }
  });

  it('takes a cookie alone for nothing else under a name that others may claim, on this machine too', () => {
    const { judge } = rulesOf();
    const asked: Asked = { host: 'nas.local:7411', cookieOf: 'admin' };
    expect([judge(asked), judge({ ...asked, method: 'POST' })]).toEqual(['admin', '401 UNAUTHORISED']);
    expect(judge({ host: 'nas.local:7411' })).toBe('401 UNAUTHORISED');
  });

  it('lets a viewer’s cookie read, and change nothing, on this machine neither', () => {
    const { judge } = rulesOf();
    for (const from of [HERE, THERE]) {
      expect(judge({ from, cookieOf: 'viewer' })).toBe('viewer');
      expect(judge({ from, cookieOf: 'viewer', method: 'POST' })).toBe('403 NOT_ALLOWED');
    }
  });

  it('needs a cookie from another machine, and sharing', () => {
    expect(rulesOf().judge({ from: THERE })).toBe('401 UNAUTHORISED');
    expect(rulesOf({ shared: false }).judge({ from: THERE, cookieOf: 'admin' })).toBe('403 UI_NOT_SHARED');
  });

  it('does not take what a proxy passes on for this machine', () => {
    const { judge } = rulesOf();
    expect(judge({ headers: { 'x-forwarded-for': HERE } })).toBe('401 UNAUTHORISED');
    expect(judge({ headers: { via: '1.1 x' }, cookieOf: 'admin', method: 'POST' })).toBe('401 UNAUTHORISED');
  });

  it('is closed to pages of other sites, whatever they bring', () => {
    const { judge, refused } = rulesOf();
    const evil = { origin: 'http://evil.example' };
    expect(judge({ headers: evil })).toBe('403 OTHER_SITE');
    expect(judge({ headers: evil, cookieOf: 'admin' })).toBe('403 OTHER_SITE');
    expect(judge({ headers: { 'sec-fetch-site': 'same-site' } })).toBe('403 OTHER_SITE');
    expect(judge({ headers: { 'sec-fetch-site': 'cross-site' } })).toBe('403 OTHER_SITE');
    expect(judge({ headers: { 'sec-fetch-site': 'same-origin' } })).toBe('admin');
    expect(refused).toEqual(Array.from({ length: 4 }, () => 'OTHER_SITE'));
  });
});

describe('the API, where tokens are set', () => {
  const tokens = { admin: 'the-token-of-admins', viewer: 'the-token-of-viewers' };

  it('takes each token for its role, from anywhere', () => {
    const { judge } = rulesOf({ tokens });
    for (const from of [HERE, THERE]) {
      expect(judge({ from, bearer: tokens.admin, method: 'POST' })).toBe('admin');
      expect(judge({ from, bearer: tokens.viewer })).toBe('viewer');
      expect(judge({ from, bearer: tokens.viewer, method: 'POST' })).toBe('403 NOT_ALLOWED');
    }
  });

  it('needs one on this machine too, and a cookie alone changes nothing', () => {
    const { judge } = rulesOf({ tokens });
    expect(judge({})).toBe('401 UNAUTHORISED');
    expect(judge({ cookieOf: 'admin' })).toBe('admin');
    expect(judge({ cookieOf: 'admin', method: 'POST' })).toBe('401 UNAUTHORISED');
  });

  it('refuses a wrong one even with a cookie, and after three of them the right one too, for a minute', () => {
    const { judge, clock } = rulesOf({ tokens });
    for (let i = 0; i < 3; i++) {
      expect(judge({ bearer: 'wrong', cookieOf: 'admin' })).toBe('401 WRONG_TOKEN');
    }
    expect(judge({ bearer: tokens.admin })).toBe('429 TOO_MANY_FAILURES');
    expect(judge({ bearer: tokens.admin, from: THERE })).toBe('admin');
    clock.advance(60_000);
    expect(judge({ bearer: tokens.admin })).toBe('admin');
  });

  it('forgets wrong ones for an admin’s token, and not for a viewer’s', () => {
    const { judge } = rulesOf({ tokens });
    const wrong = (times: number): void => {
      for (let i = 0; i < times; i++) judge({ bearer: 'wrong' });
    };
    wrong(2);
    judge({ bearer: tokens.viewer });
    wrong(1);
    expect(judge({ bearer: tokens.admin })).toBe('429 TOO_MANY_FAILURES');
    const other = rulesOf({ tokens });
    other.judge({ bearer: 'wrong' });
    other.judge({ bearer: 'wrong' });
    expect(other.judge({ bearer: tokens.admin })).toBe('admin');
    other.judge({ bearer: 'wrong' });
    expect(other.judge({ bearer: tokens.admin })).toBe('admin');
  });

  it('takes an admin’s token from nobody where only a viewer’s is set', () => {
    const { judge } = rulesOf({ tokens: { admin: null, viewer: tokens.viewer } });
    expect(judge({ bearer: tokens.admin })).toBe('401 WRONG_TOKEN');
    expect(judge({ method: 'POST' })).toBe('admin');
  });
});

describe('the cookie of a session', () => {
  it('is for this hub alone, out of reach of scripts, of other sites and of pages without encryption', () => {
    const ms = 30 * 24 * 3_600_000;
    expect(formatSessionCookie({ port: 7411, secure: false }, 'abc', ms)).toBe(
      'wirewatch-7411=abc; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000',
    );
    expect(formatSessionCookie({ port: 7412, secure: true }, 'abc', 1_999)).toBe(
      '__Host-wirewatch-7412=abc; HttpOnly; SameSite=Strict; Path=/; Max-Age=1; Secure',
    );
    expect(formatSessionCookie({ port: 1, secure: false }, '', 0)).toContain('wirewatch-1=; HttpOnly');
    expect(sessionCookieName({ port: 7411, secure: true })).toBe('__Host-wirewatch-7411');
  });

  it('is found among others by its exact name', () => {
    expect(
      readCookies('a=1; wirewatch-7411=x; wirewatch-74110=y;wirewatch-7411 = z', 'wirewatch-7411'),
    ).toEqual(['x', 'z']);
    expect(readCookies(undefined, 'a')).toEqual([]);
    expect(readCookies('a', 'a')).toEqual([]);
  });
});
