import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { AddressBuckets } from './address-buckets';
import { AddressCounts } from './address-counts';
import { createFailureLimiter } from './failure-limiter';
import { crowdKey, isLinkLocal, isLoopback, limitKey, plainAddress } from './peer-address';

describe('the address of a peer', () => {
  it('is the same for IPv4 as such and wrapped into IPv6', () => {
    expect(plainAddress('::ffff:192.168.1.7')).toBe('192.168.1.7');
    expect(plainAddress('192.168.1.7')).toBe('192.168.1.7');
    expect(plainAddress('::ffff:abcd')).toBe('::ffff:abcd');
    expect(plainAddress(undefined)).toBe('unknown');
  });

  it('is loopback anywhere in 127.0.0.0/8, as ::1, and in either form', () => {
    for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1']) {
      expect(isLoopback(address)).toBe(true);
    }
    for (const address of ['128.0.0.1', '127.example', '::2', 'unknown', undefined]) {
      expect(isLoopback(address)).toBe(false);
    }
  });

  it('counts each IPv4 address, loopback and link-local address by itself', () => {
    for (const address of ['10.0.0.1', '::1', 'fe80::1', 'fe80::2%eth0', 'unknown', 'a device']) {
      expect(limitKey(address)).toBe(address);
    }
    expect(limitKey('::ffff:10.0.0.1')).toBe('10.0.0.1');
  });

  it('counts one IPv6 network as one, however its addresses are written', () => {
    const key = '2001:db8:0:7::/64';
    for (const address of ['2001:db8:0:7::1', '2001:0db8:0000:0007:1:2:3:4', '2001:db8:0:7:ffff::']) {
      expect(limitKey(address)).toBe(key);
    }
    expect(limitKey('2001:db8:0:8::1')).not.toBe(key);
    expect(limitKey('::5:6:7:8:9')).toBe('0:0:0:5::/64');
    expect(limitKey('64:ff9b::192.0.2.33')).toBe('64:ff9b:0:0::/64');
  });

  it('never joins addresses of two networks', () => {
    const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    const network = fc.tuple(fc.constant('2001'), group, group, group).map((groups) => groups.join(':'));
    const host = fc.tuple(group, group, group, group).map((groups) => groups.join(':'));
    fc.assert(
      fc.property(network, network, host, host, (a, b, x, y) => {
        expect(limitKey(`${a}:${x}`) === limitKey(`${b}:${y}`)).toBe(a === b);
      }),
    );
  });
});

describe('link-local addresses, of which one machine may have any number', () => {
  const MANY = Array.from({ length: 8 }, (_, i) => `fe80::${i + 1}%eth0`);

  it('are told apart, and told from others', () => {
    expect(new Set(MANY.map(limitKey)).size).toBe(8);
    expect(limitKey('fe80::1%eth0')).not.toBe(limitKey('fe80::1%eth1'));
    expect(new Set(MANY.map(crowdKey)).size).toBe(1);
    for (const address of ['fe80::1', 'FEBF::1', 'fe9a::1%en0']) expect(isLinkLocal(address)).toBe(true);
    for (const address of ['fec0::1', 'fe8::1', '2001:db8::fe80:1', 'fe80.example', '10.0.0.1'])
      expect(isLinkLocal(address)).toBe(false);
    expect(crowdKey('2001:db8::1')).toBe('2001:db8:0:0::/64');
    expect(crowdKey('10.0.0.1')).toBe('10.0.0.1');
  });

  it('may guess together as often as one address', () => {
    const failures = createFailureLimiter(new ManualClock(), 10, 60_000);
    let answered = 0;
    for (const address of MANY) {
      for (let i = 0; i < 10; i++) {
        if (failures.waitMs(address) > 0) continue;
        answered++;
        failures.fail(address);
      }
    }
    expect(answered).toBe(10);
    expect(failures.waitMs('fe80::ffff%eth0')).toBeGreaterThan(0);
    expect(failures.waitMs('2001:db8::1')).toBe(0);
  });

  it('may hold together what four addresses may, and one of them no more than one address', () => {
    const counts = new AddressCounts();
    for (let i = 0; i < 8; i++) counts.add('fe80::1%eth0');
    expect(counts.of('fe80::1%eth0')).toBe(8);
    expect(counts.of('fe80::2%eth0')).toBe(2);
    for (const address of MANY) for (let i = 0; i < 8; i++) counts.add(address);
    expect(counts.of('fe80::ffff%eth0')).toBe(18);
    for (const address of MANY) for (let i = 0; i < 8; i++) counts.remove(address);
    for (let i = 0; i < 8; i++) counts.remove('fe80::1%eth0');
    expect(counts.of('fe80::1%eth0')).toBe(0);
    expect(counts.of('fe80::2%eth0')).toBe(0);
  });

  it('may ask together as often as four addresses', () => {
    const buckets = new AddressBuckets(1);
    let taken = 0;
    for (const address of MANY) for (let i = 0; i < 20; i++) if (buckets.take(address, 0)) taken++;
    expect(taken).toBe(40);
    expect(buckets.take('10.0.0.1', 0)).toBe(true);
  });
});
