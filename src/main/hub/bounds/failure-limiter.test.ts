import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { createFailureLimiter } from './failure-limiter';

const ADDRESS = '192.168.1.7';

describe('failures of an address', () => {
  it('are allowed up to a number, then the address waits until the window of the first is over', () => {
    const clock = new ManualClock();
    const limiter = createFailureLimiter(clock, 3, 60_000);
    limiter.fail(ADDRESS);
    clock.advance(10_000);
    limiter.fail(ADDRESS);
    expect(limiter.waitMs(ADDRESS)).toBe(0);
    limiter.fail(ADDRESS);
    expect(limiter.waitMs(ADDRESS)).toBe(50_000);
    clock.advance(49_999);
    expect(limiter.waitMs(ADDRESS)).toBe(1);
    clock.advance(1);
    expect(limiter.waitMs(ADDRESS)).toBe(0);
    limiter.fail(ADDRESS);
    expect(limiter.waitMs(ADDRESS)).toBe(0);
  });

  it('are cleared by a success', () => {
    const limiter = createFailureLimiter(new ManualClock(), 2, 60_000);
    limiter.fail(ADDRESS);
    limiter.succeed(ADDRESS);
    limiter.fail(ADDRESS);
    expect(limiter.waitMs(ADDRESS)).toBe(0);
    limiter.fail(ADDRESS);
    expect(limiter.waitMs(ADDRESS)).toBe(60_000);
  });

  it('count for one address, or one IPv6 network', () => {
    const limiter = createFailureLimiter(new ManualClock(), 2, 60_000);
    limiter.fail('2001:db8::1');
    limiter.fail('2001:db8::2');
    expect(limiter.waitMs('2001:db8::ffff')).toBe(60_000);
    expect(limiter.waitMs('2001:db8:1::1')).toBe(0);
    expect(limiter.waitMs(ADDRESS)).toBe(0);
  });
});
