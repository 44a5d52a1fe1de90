import { describe, expect, it } from 'vitest';
import { AddressBuckets } from './address-buckets';
import { AddressCounts } from './address-counts';

describe('the buckets of addresses', () => {
  it('give ten seconds of the rate at once, then the rate', () => {
    const buckets = new AddressBuckets(5);
    const taken = (times: number, now: number): number =>
      Array.from({ length: times }, () => buckets.take('10.0.0.1', now)).filter(Boolean).length;
    expect(taken(100, 0)).toBe(50);
    expect(taken(100, 1_000)).toBe(5);
    expect(taken(100, 3_000)).toBe(10);
    expect(taken(100, 1_000_000)).toBe(50);
  });

  it('are one for each address, and one for an IPv6 network', () => {
    const buckets = new AddressBuckets(0.1);
    expect(['10.0.0.1', '10.0.0.1', '10.0.0.2'].map((address) => buckets.take(address, 0))).toEqual([
      true,
      false,
      true,
    ]);
    expect(['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'].map((one) => buckets.take(one, 0))).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('the counts of addresses', () => {
  it('rise and fall, by IPv6 network', () => {
    const counts = new AddressCounts();
    counts.add('2001:db8::1');
    counts.add('2001:db8::2');
    counts.add('10.0.0.1');
    expect([counts.of('2001:db8::3'), counts.of('10.0.0.1'), counts.of('10.0.0.2')]).toEqual([2, 1, 0]);
    counts.remove('2001:db8::9');
    expect(counts.of('2001:db8::1')).toBe(1);
    counts.remove('2001:db8::1');
    counts.remove('2001:db8::1');
    counts.add('2001:db8::1');
    expect(counts.of('2001:db8::1')).toBe(1);
  });
});
