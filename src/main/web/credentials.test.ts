import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '@shared/logger';
import { ManualClock } from '../../../tests/fakes/manual-clock';
import { createFailureLimiter } from '../hub/bounds/failure-limiter';
import { readCookies } from './cookies';
import { CODE_LIFETIME_MS, createLinkCodes } from './link-codes';
import {
  createUiSessions,
  SESSION_LIFETIME_MS,
  type SessionPolicy,
  type SignIn,
  type UiSessionOptions,
  type UiSessions,
} from './ui-sessions';

const MACHINE: SignIn = {
  role: 'admin',
  local: true,
  by: 'machine',
  address: '127.0.0.1',
  userAgent: 'curl/8',
};
const PHONE: SignIn = {
  role: 'viewer',
  local: false,
  by: 'link',
  address: '192.168.1.9',
  userAgent: 'Mozilla/5.0 (Linux; Android 16)',
};
const EVERYBODY: SessionPolicy = { isShared: true, machineMayEnter: true, tokens: [] };

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wirewatch-sessions-'));
  folders.push(folder);
  return folder;
}

function sessionsWith(options: Partial<UiSessionOptions> = {}): UiSessions {
  const clock = options.clock ?? new ManualClock();
  return createUiSessions({ clock, log: silentLogger, dataDir: null, policy: EVERYBODY, ...options });
}

const idOf = (sessions: UiSessions, secret: string) => sessions.use(secret, 'x')?.id;

describe('UI sessions', () => {
  it('last thirty days, used or not', () => {
    const clock = new ManualClock();
    const sessions = sessionsWith({ clock });
    const secret = sessions.open(MACHINE);
    clock.advance(SESSION_LIFETIME_MS);
    expect(sessions.use(secret, 'x')).toMatchObject({ role: 'admin' });
    clock.advance(1);
    expect(sessions.use(secret, 'x')).toBeNull();
    expect(sessions.use(secret, 'x')).toBeNull();
  });

  it('tell who they are of, cleaned of what a browser may not say', () => {
    const clock = new ManualClock();
    const sessions = sessionsWith({ clock });
    const secret = sessions.open({ ...PHONE, userAgent: `a\u202eb\u001b[2J${'x'.repeat(1_000)}` });
    clock.advance(5_000);
    sessions.use(secret, '192.168.1.10');
    const [phone] = sessions.list();
    expect(phone).toMatchObject({ role: 'viewer', address: '192.168.1.10', local: false });
    expect(phone?.userAgent).toMatch(/^ab\ufffd\[2Jx+$/);
    expect(phone?.userAgent).toHaveLength(256);
    expect((phone?.lastSeenAt ?? 0) - (phone?.signedInAt ?? 0)).toBe(5_000);
  });

  it('make room by ending the one that was idle longest, and this machine’s before others’', () => {
    const sessions = sessionsWith({ maxSessions: 3 });
    const gone: string[] = [];
    sessions.ended.on((id) => gone.push(id));
    const [phone, a, b] = [sessions.open(PHONE), sessions.open(MACHINE), sessions.open(MACHINE)];
    const idOfB = idOf(sessions, b);
    expect(sessions.use(a, 'x')).not.toBeNull();
    const c = sessions.open(MACHINE);
    expect([phone, a, b, c].map((secret) => sessions.use(secret, 'x') !== null)).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(gone).toEqual([idOfB]);
  });

  it('of viewers make room for each other and for admins, never the other way round', () => {
    const sessions = sessionsWith({ maxSessions: 3 });
    const admins = [sessions.open({ ...PHONE, role: 'admin' }), sessions.open({ ...PHONE, role: 'admin' })];
    const viewers = Array.from({ length: 70 }, () => sessions.open(PHONE));
    expect(sessions.list().map(({ role }) => role)).toEqual(['admin', 'admin', 'viewer']);
    expect(sessions.use(viewers.at(-1), 'x')).not.toBeNull();
    admins.push(sessions.open({ ...PHONE, role: 'admin' }));
    expect(admins.map((secret) => sessions.use(secret, 'x') !== null)).toEqual([true, true, true]);
  });

  it('are not opened by anything else', () => {
    const sessions = sessionsWith();
    sessions.open(MACHINE);
    for (const secret of [undefined, '', 'guess', '__proto__']) expect(sessions.use(secret, 'x')).toBeNull();
  });

  it('can be ended one by one, and those of other machines together', () => {
    const sessions = sessionsWith();
    const secrets = [sessions.open(PHONE), sessions.open(PHONE), sessions.open(MACHINE)];
    expect(sessions.end(idOf(sessions, secrets[0] ?? '') ?? '')).toBe(true);
    expect(sessions.end('nobody')).toBe(false);
    expect(sessions.list()).toHaveLength(2);
    sessions.endRemote();
    expect(secrets.map((secret) => sessions.use(secret, 'x') !== null)).toEqual([false, false, true]);
  });

  it('survive a restart, of their secrets only digests, in a file for this user alone', () => {
    const dataDir = newFolder();
    const before = sessionsWith({ dataDir });
    const [kept, ended] = [before.open(PHONE), before.open(PHONE)];
    before.end(idOf(before, ended) ?? '');
    before.dispose();
    const path = join(dataDir, 'browsers.json');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).not.toContain(kept);
    const after = sessionsWith({ dataDir });
    expect(after.use(kept, 'x')).toMatchObject({ role: 'viewer', userAgent: PHONE.userAgent });
    expect(after.use(ended, 'x')).toBeNull();
  });

  it('that would not be let in any more do not survive it', () => {
    const dataDir = newFolder();
    const tokens = [{ token: 'old', role: 'admin' as const }];
    const before = sessionsWith({ dataDir, policy: { ...EVERYBODY, tokens } });
    const byToken = before.open({ ...PHONE, role: 'admin', by: { token: 'old' } });
    const [machine, phone] = [before.open(MACHINE), before.open(PHONE)];
    before.dispose();
    const letIn = (policy: SessionPolicy) => {
      const copy = newFolder();
      copyFileSync(join(dataDir, 'browsers.json'), join(copy, 'browsers.json'));
      const after = sessionsWith({ dataDir: copy, policy });
      return [byToken, machine, phone].map((secret) => after.use(secret, 'x') !== null);
    };
    expect(letIn({ ...EVERYBODY, tokens })).toEqual([true, true, true]);
    // The token was changed, or is a viewer's now.
    expect(letIn({ ...EVERYBODY, tokens: [{ token: 'new', role: 'admin' }] })).toEqual([false, true, true]);
    expect(letIn({ ...EVERYBODY, tokens: [{ token: 'old', role: 'viewer' }] })).toEqual([false, true, true]);
    // This machine needs the token now.
    expect(letIn({ ...EVERYBODY, machineMayEnter: false, tokens })).toEqual([true, false, true]);
    // Sharing was turned off.
    expect(letIn({ isShared: false, machineMayEnter: true, tokens: [] })).toEqual([false, true, false]);
  });

  it('begin anew when their file cannot be understood, which is set aside', () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'browsers.json'), '{"version":1,"browsers":[{"role":"owner"}]}');
    expect(sessionsWith({ dataDir }).list()).toEqual([]);
    expect(readdirSync(dataDir)).toEqual([expect.stringMatching(/^browsers\.json\.damaged-/)]);
  });
});

describe('codes of links', () => {
  it('are good once, for ten minutes', () => {
    const clock = new ManualClock();
    const codes = createLinkCodes(clock);
    const { code, expiresAt } = codes.create('viewer');
    expect(expiresAt).toBe(clock.now() + CODE_LIFETIME_MS);
    expect(codes.redeem(code, false)).toBe('viewer');
    expect(codes.redeem(code, false)).toBeNull();
    const late = codes.create('viewer').code;
    clock.advance(CODE_LIFETIME_MS);
    expect(codes.redeem(late, true)).toBeNull();
  });

  it('at start are good again and again, on this machine only', () => {
    const codes = createLinkCodes(new ManualClock());
    expect(codes.redeem(codes.startup, false)).toBeNull();
    expect(codes.redeem(codes.startup, true)).toBe('admin');
    expect(codes.redeem(codes.startup, true)).toBe('admin');
  });

  it('are forgotten when too many were never opened', () => {
    const codes = createLinkCodes(new ManualClock());
    const first = codes.create('viewer').code;
    const others = Array.from({ length: 64 }, () => codes.create('viewer').code);
    expect(codes.redeem(first, true)).toBeNull();
    expect(others.every((code) => codes.redeem(code, true) === 'viewer')).toBe(true);
  });

  it('have 128 bits', () => {
    const { code } = createLinkCodes(new ManualClock()).create('admin');
    expect(Buffer.from(code, 'base64url')).toHaveLength(16);
  });
});

describe('failures of an address', () => {
  it('lock it out until the window is over, and no other address', () => {
    const clock = new ManualClock();
    const failures = createFailureLimiter(clock, 3, 60_000);
    for (let i = 0; i < 3; i++) {
      expect(failures.waitMs('a')).toBe(0);
      failures.fail('a');
      clock.advance(10_000);
    }
    expect(failures.waitMs('a')).toBe(30_000);
    expect(failures.waitMs('b')).toBe(0);
    clock.advance(30_000);
    expect(failures.waitMs('a')).toBe(0);
  });

  it('are forgiven by a success', () => {
    const failures = createFailureLimiter(new ManualClock(), 2, 60_000);
    failures.fail('a');
    failures.succeed('a');
    failures.fail('a');
    expect(failures.waitMs('a')).toBe(0);
  });

  it('are remembered of so many addresses only', () => {
    const failures = createFailureLimiter(new ManualClock(), 1, 60_000);
    for (let i = 0; i <= 10_000; i++) failures.fail(`address ${i}`);
    expect(failures.waitMs('address 0')).toBe(0);
    expect(failures.waitMs('address 10000')).toBeGreaterThan(0);
  });
});

describe('a cookie header', () => {
  it.each([
    ['wirewatch-7411=abc', 'abc'],
    ['a=b; wirewatch-7411=abc; c=d', 'abc'],
    [' wirewatch-7411 = abc ', 'abc'],
    ['wirewatch-7411=a=b', 'a=b'],
    ['xwirewatch-7411=abc', undefined],
    ['wirewatch-7411', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j gives %j', (header, value) => {
    expect(readCookies(header, 'wirewatch-7411')).toEqual(value === undefined ? [] : [value]);
  });

  it('gives all that have the name, however many were tossed before the right one', () => {
    const header = 'wirewatch-7411=a; x=y; wirewatch-7411=b';
    expect(readCookies(header, 'wirewatch-7411')).toEqual(['a', 'b']);
    expect(readCookies(`${header}; `.repeat(100), 'wirewatch-7411')).toHaveLength(200);
  });
});
