import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopback, limitKey, plainAddress } from './peer-address';

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
