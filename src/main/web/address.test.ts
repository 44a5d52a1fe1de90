import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { failureKey, isThisMachine } from './address';

function request(remoteAddress: string, headers: Record<string, string> = {}, localAddress = '192.168.1.2') {
  return { headers, socket: { remoteAddress, localAddress } } as unknown as IncomingMessage;
}

describe('where a request comes from', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['::ffff:192.168.1.2', true],
    ['192.168.1.3', false],
    ['::ffff:192.168.1.3', false],
    ['fe80::1', false],
  ])('%s is this machine: %s', (address, expected) => {
    expect(isThisMachine(request(address))).toBe(expected);
  });

  it.each(['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'])(
    'is not this machine for who is passed on by a proxy (%s)',
    (name) => {
      expect(isThisMachine(request('127.0.0.1', { [name]: '' }))).toBe(false);
    },
  );

  it('counts failures by address, IPv6 by network, and apart what a proxy passes on', () => {
    const key = (address: string, headers = {}) => failureKey(request(address, headers));
    expect(key('::ffff:192.168.1.3')).toBe('192.168.1.3');
    expect(key('2001:db8:0:1::5')).toBe(key('2001:db8:0:1:ffff:ffff:ffff:ffff'));
    expect(key('2001:db8::5')).toBe('2001:db8:0:0::/64');
    expect(key('2001:db8:0:1::5')).not.toBe(key('2001:db8:0:2::5'));
    // One machine may have any number of these.
    expect(key('fe80::1%eth0')).toBe(key('fe80::2%eth0'));
    expect(key('::1')).toBe('::1');
    expect(key('127.0.0.1', { via: '1.1 proxy' })).not.toBe(key('127.0.0.1'));
  });
});
