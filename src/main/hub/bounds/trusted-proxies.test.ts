import fc from 'fast-check';
import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseNetwork, TrustedProxies } from './trusted-proxies';

const proxies = new TrustedProxies(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);

describe('the client that a chain of proxies names', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    // Only the end was written by a proxy that is trusted; the client made up the rest.
    ['1.2.3.4, 203.0.113.9', '203.0.113.9'],
    ['127.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['203.0.113.9, 10.0.0.7, 10.9.9.9', '203.0.113.9'],
    // All are trusted: the first one asked.
    ['10.0.0.5, 10.0.0.6', '10.0.0.5'],
    ['203.0.113.9:5123', '203.0.113.9'],
    ['2001:DB8::7', '2001:db8::7'],
    ['[2001:db8::7]:5123', '2001:db8::7'],
    ['2001:db8::7, fd00::1', '2001:db8::7'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    [',203.0.113.9', '203.0.113.9'],
  ])('%s: %s', (header, client) => {
    expect(proxies.clientOf('127.0.0.1', header)).toBe(client);
    expect(proxies.clientOf('::ffff:127.0.0.1', header)).toBe(client);
  });

  it.each([
    '',
    'unknown',
    '_hidden',
    '1.2.3',
    '203.0.113.9,',
    '300.1.1.1',
    'fe80::1%eth0',
    '[::1',
    '<b>',
    '1.2.3.4:x',
  ])('is the proxy itself when its word is no address: %j', (header) => {
    expect(proxies.clientOf('127.0.0.1', header)).toBe('127.0.0.1');
  });

  it('is the proxy that wrote a word that is no address, not the one before it', () => {
    expect(proxies.clientOf('127.0.0.1', '203.0.113.9, unknown, 10.0.0.7')).toBe('10.0.0.7');
  });

  it('is the peer when nobody trusts it, whatever it says', () => {
    expect(proxies.clientOf('203.0.113.9', '127.0.0.1')).toBe('203.0.113.9');
    expect(proxies.clientOf('unknown', '127.0.0.1')).toBe('unknown');
    expect(new TrustedProxies([]).clientOf('127.0.0.1', '203.0.113.9')).toBe('127.0.0.1');
  });

  it('is found in a chain of thousands', () => {
    const chain = ['203.0.113.9', ...Array.from({ length: 5_000 }, () => '10.0.0.7')].join(', ');
    expect(proxies.clientOf('127.0.0.1', chain)).toBe('203.0.113.9');
  });

  it('is always an address', () => {
    const hop = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 30 }), fc.constant('10.0.0.1'));
    fc.assert(
      fc.property(fc.array(hop, { maxLength: 8 }), (hops) => {
        expect(isIP(proxies.clientOf('127.0.0.1', hops.join(',')))).not.toBe(0);
      }),
    );
  });
});

describe('a network', () => {
  it.each(['10.0.0.0/8', '127.0.0.1', '::1', 'fd00::/8', '0.0.0.0/0', '192.168.1.9/32'])(
    'is read: %s',
    (text) => {
      expect(parseNetwork(text)).not.toBeNull();
    },
  );

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0/8',
    'fd00::/129',
    'proxy',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'fe80::1%eth0',
    '1.2.3.4/-1',
  ])('is refused: %j', (text) => {
    expect(parseNetwork(text)).toBeNull();
  });

  it('holds its own addresses and no others, in any form', () => {
    expect(['10.255.0.1', '::ffff:10.1.1.1', 'fd12::1', '127.0.0.1'].map((one) => proxies.has(one))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['11.0.0.1', '127.0.0.2', 'fe80::1', '::1', 'unknown', ''].some((one) => proxies.has(one))).toBe(
      false,
    );
  });
});
