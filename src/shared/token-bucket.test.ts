import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket';

describe('a token bucket', () => {
  it('begins full, and gives no more than its burst at once', () => {
    const bucket = new TokenBucket(10, 3, 0);
    expect([1, 2, 3, 4].map(() => bucket.take(1, 0))).toEqual([true, true, true, false]);
  });

  it('fills at its rate, by the millisecond', () => {
    const bucket = new TokenBucket(10, 3, 1_000);
    expect(bucket.take(3, 1_000)).toBe(true);
    expect(bucket.take(1, 1_099)).toBe(false);
    expect(bucket.take(1, 1_100)).toBe(true);
    expect(bucket.take(1, 1_199)).toBe(false);
    expect(bucket.take(2, 1_300)).toBe(true);
  });

  it('never holds more than its burst, however long nobody asks', () => {
    const bucket = new TokenBucket(10, 3, 0);
    expect(bucket.take(4, 3_600_000)).toBe(false);
    expect(bucket.take(3, 3_600_000)).toBe(true);
    expect(bucket.take(1, 3_600_000)).toBe(false);
  });

  it('takes nothing when there is not enough', () => {
    const bucket = new TokenBucket(10, 3, 0);
    expect(bucket.take(4, 0)).toBe(false);
    expect(bucket.take(3, 0)).toBe(true);
  });

  it('says how much is owed for what already happened, until time has paid it', () => {
    const bucket = new TokenBucket(100, 1_000, 0);
    expect(bucket.spend(1_000, 0)).toBe(0);
    expect(bucket.spend(50, 0)).toBe(50);
    expect(bucket.spend(0, 200)).toBe(30);
    expect(bucket.take(1, 500)).toBe(false);
    expect(bucket.spend(0, 500)).toBe(0);
    expect(bucket.take(1, 510)).toBe(true);
  });
});
