import { describe, expect, it } from 'vitest';
import type { JoinToken } from '@shared/model';
import { describeExpiry, describeGrant, describeUses, lifetimeMs, maxUses, tokenState } from './join-tokens';

const NOW = 1_773_303_242_000;
const DAY_MS = 86_400_000;
const token = (rest: Partial<JoinToken> = {}): JoinToken => ({
  id: '1',
  name: 'lab',
  createdAt: NOW - DAY_MS,
  expiresAt: null,
  maxUses: null,
  uses: 3,
  lastUsedAt: null,
  ...rest,
});

describe('a join token', () => {
  it('lets devices in until it has expired or is used up', () => {
    expect(tokenState(token(), NOW)).toBe('usable');
    expect(tokenState(token({ expiresAt: NOW }), NOW)).toBe('expired');
    expect(tokenState(token({ expiresAt: NOW + 1 }), NOW)).toBe('usable');
    expect(tokenState(token({ maxUses: 3 }), NOW)).toBe('used-up');
  });

  it('says how often it was used, and of how often', () => {
    expect(describeUses(token())).toBe('3');
    expect(describeUses(token({ maxUses: 10 }))).toBe('3 of 10');
  });

  it('says when it ends', () => {
    expect(describeExpiry(token(), NOW)).toBe('never');
    expect(describeExpiry(token({ expiresAt: NOW + 5 * DAY_MS }), NOW)).toMatch(/^in 5/);
    expect(describeExpiry(token({ expiresAt: NOW - 5 * DAY_MS }), NOW)).toMatch(/ago$/);
  });

  it('says what it allows', () => {
    const moment = () => 'noon';
    expect(describeGrant(token(), moment)).toBe(
      'Any number of devices can join with it; the token does not expire.',
    );
    expect(describeGrant(token({ maxUses: 1, expiresAt: NOW }), moment)).toBe(
      'One device can join with it until noon.',
    );
  });

  it('may live and be used as chosen', () => {
    expect(lifetimeMs('week')).toBe(7 * DAY_MS);
    expect(lifetimeMs('never')).toBeNull();
    expect(maxUses('ten')).toBe(10);
    expect(maxUses('any')).toBeNull();
  });
});
