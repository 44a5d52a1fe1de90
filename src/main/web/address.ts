import type { IncomingMessage } from 'node:http';
import { isLoopback, limitKey, plainAddress } from '../hub/bounds/peer-address';

export function peerAddress(request: IncomingMessage): string {
  return plainAddress(request.socket.remoteAddress);
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
  const key = limitKey(peerAddress(request));
  return isPassedOn(request) ? `${key} passing on` : key;
}
