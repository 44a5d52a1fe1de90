import { describe, expect, it } from 'vitest';
import { deviceInfo } from '../hub/testing/device-info';
import { hasAsked, waitingReason } from './code-words';
import { describeClaim, describeWaiting } from './describe-device';
import { describeIdentity, isOwn } from './trust-facts';

describe('a device that waits', () => {
  it('is described by what it says of itself', () => {
    expect(
      describeClaim({
        kind: 'computer',
        model: 'Intel NUC',
        os: 'Debian',
        agent: 'wirewatch/1.0.0',
        simple: false,
      }),
    ).toBe('Computer · Intel NUC · wirewatch 1.0.0');
    expect(describeClaim({ kind: 'board', model: null, os: null, agent: null, simple: true })).toBe(
      'Board · simple device',
    );
  });

  it('is told of with its address, its encryption and how to compare', () => {
    const words = describeWaiting({ address: '192.168.1.9', secure: true, code: '482913', simple: false });
    expect(words).toMatch(/^Connected from 192\.168\.1\.9, encrypted\. .*digits match\.$/);
    expect(describeWaiting({ address: null, secure: null, code: null, simple: true })).toMatch(
      /^Approve it only/,
    );
  });

  it('gives a reason only when there is more to say than that it waits', () => {
    expect(waitingReason({ reason: { code: 'PENDING_APPROVAL', text: 'It waits.' } })).toBeNull();
    expect(waitingReason({ reason: { code: 'OTHER_ADDRESS', text: 'It moved.' } })).toBe('It moved.');
  });
});

describe('a device whose key was revoked', () => {
  it('has to ask again before it can be approved', () => {
    const reason = { code: 'NOT_ASKED', text: 'It has to ask again.' };
    expect(hasAsked({ approval: 'pending', reason })).toBe(false);
    expect(hasAsked({ approval: 'pending', reason: null })).toBe(true);
  });
});

describe('what the hub knows a device by', () => {
  it('is its key, or its address as long as it has none', () => {
    const device = { local: false, approvedBy: 'user', address: '192.168.1.9', keyIssuedAt: null } as const;
    expect(describeIdentity(device)).toBe('Its id and its address 192.168.1.9');
    expect(describeIdentity({ ...device, keyIssuedAt: 1 })).toBe('Its own key');
  });

  it('is nothing to speak of for parts of this program', () => {
    expect(isOwn(deviceInfo({ approvedBy: 'internal' }))).toBe(true);
    expect(isOwn(deviceInfo({ approvedBy: 'user', local: false }))).toBe(false);
  });
});
