import type { IncomingMessage } from 'node:http';
import { crowdKey, isLoopback, plainAddress } from '../hub/bounds/peer-address';
import { clientOf } from '../hub/port/client';

export function peerAddress(request: IncomingMessage): string {
  return clientOf(request).address;
}

/** Headers in which proxies name the client they forward for. */
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
 * Whether a request comes from this machine itself: over loopback, or from one of its addresses to the same address.
 * Requests forwarded by a proxy do not count, even if they were sent from this machine.
 */
export function isThisMachine(request: IncomingMessage): boolean {
  if (isPassedOn(request)) return false;
  const peer = plainAddress(request.socket.remoteAddress);
  return isLoopback(peer) || (peer !== 'unknown' && peer === plainAddress(request.socket.localAddress));
}

/**
 * Returns the key under which a request's failures are counted. Clients behind a proxy that is not trusted are counted
 * apart from the machine it runs on. Addresses that one machine may have to itself count as one: an IPv6 /64, and all
 * link-local addresses.
 */
export function failureKey(request: IncomingMessage): string {
  const key = crowdKey(peerAddress(request));
  return isPassedOn(request) && clientOf(request).proxy === null ? `${key} passing on` : key;
}
