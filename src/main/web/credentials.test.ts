import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../tests/fakes/manual-clock';
import { readCookie } from './cookies';
import { CODE_LIFETIME_MS, createLinkCodes } from './link-codes';
import { createFailureLimiter } from '../hub/failure-limiter';
import { createUiSessions, SESSION_LIFETIME_MS } from './ui-sessions';

describe('UI sessions', () => {
  it('last thirty days, used or not', () => {
    const clock = createManualClock();
    const sessions = createUiSessions(clock);
    const secret = sessions.open();
    clock.advance(SESSION_LIFETIME_MS);
    expect(sessions.use(secret)).toBe(true);
    clock.advance(1);
    expect(sessions.use(secret)).toBe(false);
    expect(sessions.use(secret)).toBe(false);
  });

  it('make room by ending the one that was idle longest', () => {
    const sessions = createUiSessions(createManualClock(), 3);
    const [a, b, c] = [sessions.open(), sessions.open(), sessions.open()];
    expect(sessions.use(a)).toBe(true);
    const d = sessions.open();
    expect([a, b, c, d].map((secret) => sessions.use(secret))).toEqual([true, false, true, true]);
  });

  it('are not opened by anything else', () => {
    const sessions = createUiSessions(createManualClock());
    sessions.open();
    for (const secret of [undefined, '', 'guess', '__proto__']) expect(sessions.use(secret)).toBe(false);
  });
});

describe('codes of links', () => {
  it('are good once, for ten minutes', () => {
    const clock = createManualClock();
    const codes = createLinkCodes(clock);
    const { code, expiresAt } = codes.create();
    expect(expiresAt).toBe(clock.now() + CODE_LIFETIME_MS);
    expect(codes.redeem(code, false)).toBe(true);
    expect(codes.redeem(code, false)).toBe(false);
    const late = codes.create().code;
    clock.advance(CODE_LIFETIME_MS);
    expect(codes.redeem(late, true)).toBe(false);
  });

  it('at start are good again and again, on this machine only', () => {
    const codes = createLinkCodes(createManualClock());
    expect(codes.redeem(codes.startup, false)).toBe(false);
    expect(codes.redeem(codes.startup, true)).toBe(true);
    expect(codes.redeem(codes.startup, true)).toBe(true);
  });

  it('are forgotten when too many were never opened', () => {
    const codes = createLinkCodes(createManualClock());
    const first = codes.create().code;
    const others = Array.from({ length: 64 }, () => codes.create().code);
    expect(codes.redeem(first, true)).toBe(false);
    expect(others.every((code) => codes.redeem(code, true))).toBe(true);
  });

  it('have 128 bits', () => {
    const { code } = createLinkCodes(createManualClock()).create();
    expect(Buffer.from(code, 'base64url')).toHaveLength(16);
  });
});

describe('failures of an address', () => {
  it('lock it out until the window is over, and no other address', () => {
    const clock = createManualClock();
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
    const failures = createFailureLimiter(createManualClock(), 2, 60_000);
    failures.fail('a');
    failures.succeed('a');
    failures.fail('a');
    expect(failures.waitMs('a')).toBe(0);
  });

  it('are remembered of so many addresses only', () => {
    const failures = createFailureLimiter(createManualClock(), 1, 60_000);
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
    expect(readCookie(header, 'wirewatch-7411')).toBe(value);
  });
});
