import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { Penalties, type Strike } from './penalties';

const ADDRESS = '192.168.1.7';

function penaltiesWith(limits: Partial<typeof DEFAULT_LIMITS> = {}) {
  const clock = new ManualClock();
  const penalties = new Penalties(clock, { ...DEFAULT_LIMITS, ...limits });
  const strike = (times: number, address = ADDRESS, why: Strike = 'flood'): void => {
    for (let i = 0; i < times; i++) penalties.strike(address, why);
  };
  return { clock, penalties, strike };
}

describe('who was cut off', () => {
  it('is not refused for the first four times', () => {
    const { penalties, strike } = penaltiesWith();
    strike(4);
    expect(penalties.waitMs(ADDRESS)).toBe(0);
  });

  it('waits a second, then twice as long each time, and half a minute at most', () => {
    const { clock, penalties, strike } = penaltiesWith();
    strike(4);
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      strike(1);
      waits.push(penalties.waitMs(ADDRESS));
      clock.advance(penalties.waitMs(ADDRESS));
      expect(penalties.waitMs(ADDRESS)).toBe(0);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('waits until the time is over, by the monotonic clock', () => {
    const { clock, penalties, strike } = penaltiesWith({ freeStrikes: 0 });
    strike(1);
    clock.skip(3_600_000, 0);
    expect(penalties.waitMs(ADDRESS)).toBe(1_000);
    clock.advance(999);
    expect(penalties.waitMs(ADDRESS)).toBe(1);
    clock.advance(1);
    expect(penalties.waitMs(ADDRESS)).toBe(0);
  });

  it('starts over after a minute without another time, and not before', () => {
    const { clock, penalties, strike } = penaltiesWith();
    strike(4);
    clock.advance(60_000);
    strike(1);
    expect(penalties.waitMs(ADDRESS)).toBe(1_000);
    clock.advance(60_001);
    strike(4);
    expect(penalties.waitMs(ADDRESS)).toBe(0);
  });

  it('is counted by itself, an IPv6 network as one', () => {
    const { penalties, strike } = penaltiesWith({ freeStrikes: 1 });
    strike(1, '2001:db8::1');
    strike(1, '2001:db8::2');
    expect(penalties.waitMs('2001:db8::3')).toBe(1_000);
    expect(penalties.waitMs('2001:db8:0:1::1')).toBe(0);
    expect(penalties.waitMs(ADDRESS)).toBe(0);
  });

  it.each(['127.0.0.1', '::1'])('waits a second at most on %s, and for floods only', (address) => {
    const { penalties, strike } = penaltiesWith({ freeStrikes: 0 });
    strike(20, address, 'broken frame');
    expect(penalties.waitMs(address)).toBe(0);
    strike(20, address);
    expect(penalties.waitMs(address)).toBe(1_000);
  });

  it('pays for broken frames everywhere else', () => {
    const { penalties, strike } = penaltiesWith({ freeStrikes: 0 });
    strike(2, ADDRESS, 'broken frame');
    expect(penalties.waitMs(ADDRESS)).toBe(2_000);
    strike(2, '127.0.0.2', 'broken frame');
    expect(penalties.waitMs('127.0.0.2')).toBe(2_000);
  });
});
