import { describe, expect, it } from 'vitest';
import { attentionCause, attentionFirst, AWAY_AFTER_MS, type AttentionCause } from './attention';
import type { DeviceInfo } from './model';

const NOW = 1_800_000_000_000;
const well = { approval: 'approved', state: 'online', lastSeenAt: NOW, drops: null } as const;
const drops = (count: number): DeviceInfo['drops'] => ({ count, causes: [{ text: 'No answer.', count }] });

describe('a device needs a person', () => {
  it('not while it is well', () => {
    expect(attentionCause(well, NOW)).toBeNull();
    expect(attentionCause({ ...well, drops: drops(2) }, NOW)).toBeNull();
  });

  it('when it is offline, stale, or keeps dropping', () => {
    expect(attentionCause({ ...well, state: 'offline' }, NOW)).toBe('offline');
    expect(attentionCause({ ...well, state: 'stale' }, NOW)).toBe('stale');
    expect(attentionCause({ ...well, drops: drops(3) }, NOW)).toBe('flapping');
    expect(attentionCause({ ...well, state: 'stale', drops: drops(3) }, NOW)).toBe('flapping');
  });

  it('not once it has been away for a week, or never was there', () => {
    const offline = { ...well, state: 'offline' } as const;
    expect(attentionCause({ ...offline, lastSeenAt: NOW - AWAY_AFTER_MS }, NOW)).toBe('offline');
    expect(attentionCause({ ...offline, lastSeenAt: NOW - AWAY_AFTER_MS - 1 }, NOW)).toBeNull();
    expect(attentionCause({ ...offline, lastSeenAt: null }, NOW)).toBeNull();
  });

  it('not while it waits for approval or is rejected, which has its own place', () => {
    for (const approval of ['pending', 'rejected', 'blocked'] as const) {
      expect(attentionCause({ ...well, approval, state: 'offline' }, NOW)).toBeNull();
    }
  });

  it('the more urgent first, and those that need nobody last', () => {
    const causes = new Map<string, AttentionCause>([
      ['s', 'stale'],
      ['f', 'flapping'],
      ['o', 'offline'],
    ]);
    const devices = ['well', 's', 'f', 'o', 'fine'].map((id) => ({ id }));
    expect(attentionFirst(devices, causes).map(({ id }) => id)).toEqual(['o', 'f', 's', 'well', 'fine']);
    expect(attentionFirst(devices, new Map())).toBe(devices);
  });
});
