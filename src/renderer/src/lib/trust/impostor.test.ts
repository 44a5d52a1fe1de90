import { describe, expect, it } from 'vitest';
import type { EventInfo } from '@shared/model';
import { openImpostor } from './impostor';

const NOW = 1_773_303_242_000;
const event = (at: number, kind: EventInfo['kind'] = 'impostor'): EventInfo => ({
  id: at,
  at,
  kind,
  level: 'warning',
  device: 'nas',
  text: '',
});
const open = (events: EventInfo[], rest = {}) =>
  openImpostor(events, { keyIssuedAt: NOW - 9_000, dismissedAt: 0, now: NOW, ...rest })?.at ?? null;

describe('a warning about an impostor', () => {
  it('is about the latest attempt', () => {
    expect(open([event(NOW - 5, 'connected'), event(NOW - 10), event(NOW - 20)])).toBe(NOW - 10);
  });

  it('is settled by a new key, by being put away, and by time', () => {
    expect(open([event(NOW - 10)], { keyIssuedAt: NOW - 1 })).toBeNull();
    expect(open([event(NOW - 10)], { dismissedAt: NOW - 10 })).toBeNull();
    expect(open([event(NOW - 25 * 3_600_000)], { keyIssuedAt: null })).toBeNull();
  });

  it('comes back when it goes on', () => {
    expect(open([event(NOW - 1), event(NOW - 10)], { dismissedAt: NOW - 10 })).toBe(NOW - 1);
  });
});
