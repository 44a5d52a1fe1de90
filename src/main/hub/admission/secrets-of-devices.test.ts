import { describe, expect, it } from 'vitest';
import { silentLogger } from '@shared/logger';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { createDeviceKey, proveKey, takeKey } from '../devices/device-key';
import { bearerCredentials, messageCredentials } from './credentials';
import { JoinTokens } from './join-tokens';
import { passingUses } from './token-uses';

describe('a join token', () => {
  function tokensOf(max = 3) {
    const clock = new ManualClock();
    const tokens = new JoinTokens(null, passingUses(), max, clock, silentLogger);
    const make = (lifetimeMs: number | null, maxUses: number | null = null) => {
      const made = tokens.create({ name: 'lab', lifetimeMs, maxUses });
      if (!made.ok) throw new Error(made.error.code);
      return { id: made.value.token.id, secret: made.value.secret };
    };
    const check = (secret: string, joinedWith: string | null = null): string => {
      const checked = tokens.check(secret, joinedWith);
      return checked.ok ? 'good' : checked.error.code;
    };
    return { clock, tokens, make, check };
  }

  it('has 192 bits, and is good until the millisecond at which it expires', () => {
    const { clock, make, check } = tokensOf();
    const { secret } = make(1_000);
    expect(secret).toMatch(/^wwt_[\w-]{32}$/);
    clock.advance(999);
    expect(check(secret)).toBe('good');
    clock.advance(1);
    expect(check(secret)).toBe('TOKEN_EXPIRED');
  });

  it('that has expired is good for nobody, the device that joined with it included', () => {
    const { clock, make, check } = tokensOf();
    const { id, secret } = make(1_000);
    clock.advance(1_000);
    expect(check(secret, id)).toBe('TOKEN_EXPIRED');
  });

  it('is good for as many new devices as it was made for', () => {
    const { tokens, make, check } = tokensOf();
    const { id, secret } = make(null, 2);
    tokens.use(id);
    expect(check(secret)).toBe('good');
    tokens.use(id);
    expect([check(secret), check(secret, id)]).toEqual(['TOKEN_USED_UP', 'good']);
  });

  it('is no other one, and none once it was revoked', () => {
    const { tokens, make, check } = tokensOf();
    const { id, secret } = make(null);
    expect([check(`${secret}x`), check(secret.slice(0, -1)), check('')]).toEqual(
      Array.from({ length: 3 }, () => 'WRONG_TOKEN'),
    );
    tokens.revoke(id);
    expect(check(secret)).toBe('WRONG_TOKEN');
  });

  it('makes room when it is over, and only then', () => {
    const { clock, tokens, make } = tokensOf(2);
    const first = make(1_000);
    const second = make(null, 1);
    expect(() => make(null)).toThrow('TOO_MANY_TOKENS');
    clock.advance(1_000);
    make(null);
    expect(tokens.list().map(({ id }) => id)).not.toContain(first.id);
    tokens.use(second.id);
    make(null);
    expect(tokens.list().map(({ id }) => id)).not.toContain(second.id);
  });
});

describe('a device’s key', () => {
  it('has 256 bits, and is proved by itself alone', () => {
    const { secret, key } = createDeviceKey(5, null);
    expect(secret).toMatch(/^wwk_[\w-]{43}$/);
    expect(key).toEqual({ hash: key.hash, issuedAt: 5, taken: false, previous: null });
    expect(key.hash).not.toContain(secret.slice(4));
    expect([secret, `${secret}x`, ''].map((shown) => proveKey(key, shown))).toEqual(['current', null, null]);
  });

  it('that was taken is good until the next one is taken', () => {
    const first = createDeviceKey(1, null);
    const second = createDeviceKey(2, takeKey(first.key));
    expect([proveKey(second.key, first.secret), proveKey(second.key, second.secret)]).toEqual([
      'previous',
      'current',
    ]);
    const taken = takeKey(second.key);
    expect([proveKey(taken, first.secret), proveKey(taken, second.secret)]).toEqual([null, 'current']);
  });

  it('that was never taken is over when another one is made, but the one before it is not', () => {
    const first = createDeviceKey(1, null);
    const second = createDeviceKey(2, takeKey(first.key));
    const third = createDeviceKey(3, second.key);
    expect(proveKey(third.key, second.secret)).toBeNull();
    expect(proveKey(third.key, first.secret)).toBe('previous');
  });
});

describe('what an agent presents', () => {
  it('in a header is a key or a token, by its beginning', () => {
    expect(bearerCredentials('Bearer wwk_abc')).toEqual({ key: 'wwk_abc', token: null });
    expect(bearerCredentials('bearer  wwt_abc ')).toEqual({ key: null, token: 'wwt_abc' });
    for (const header of [undefined, '', 'Basic abc', 'Bearer', 'Bearer a b', `Bearer ${'x'.repeat(257)}`]) {
      expect(bearerCredentials(header)).toEqual({ key: null, token: null });
    }
    expect(bearerCredentials(`Bearer ${'x'.repeat(256)}`).token).toHaveLength(256);
  });

  it('in a message goes before what is in the header', () => {
    const header = { key: 'k', token: 't' };
    expect(messageCredentials({ key: 'K' }, header)).toEqual({ key: 'K', token: 't' });
    expect(messageCredentials({ key: '', token: 7 }, header)).toEqual(header);
    expect(messageCredentials('text', header)).toEqual(header);
    expect(messageCredentials({ token: 'x'.repeat(300) }, header).token).toHaveLength(257);
  });
});
