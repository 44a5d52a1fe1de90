import { isIPv4, isIPv6 } from 'node:net';
import type { IncomingMessage } from 'node:http';

/** An address without the `::ffff:` that a dual-stack socket puts before IPv4. */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address;
}

export function peerAddress(request: IncomingMessage): string {
  return plainAddress(request.socket.remoteAddress);
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}

/** What proxies say of whom they speak for. */
const PROXY_HEADERS = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

function isPassedOn({ headers }: IncomingMessage): boolean {
  return PROXY_HEADERS.some((name) => headers[name] !== undefined);
}

/**
 * Whether a request comes from this machine itself: over loopback, or from one of its addresses to the same one.
 * What a proxy passed on does not count, whoever stands behind it.
 */
export function isThisMachine(request: IncomingMessage): boolean {
  if (isPassedOn(request)) return false;
  const peer = plainAddress(request.socket.remoteAddress);
  return isLoopback(peer) || (peer !== 'unknown' && peer === plainAddress(request.socket.localAddress));
}

/**
 * Under what the failures of a request are counted. Who comes through a proxy never spends the patience with the
 * machine it runs on, and a network of IPv6 addresses (a /64, which one machine may have to itself) counts as one.
 */
export function failureKey(request: IncomingMessage): string {
  const address = peerAddress(request);
  const key = isIPv6(address) && !/^(::1|fe[89ab])/i.test(address) ? networkOf(address) : address;
  return isPassedOn(request) ? `${key} passing on` : key;
}

/** The first 64 bits of an IPv6 address. */
function networkOf(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: Math.max(0, middle) }, () => '0'), ...right];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
