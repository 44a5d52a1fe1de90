import { isIPv4 } from 'node:net';
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

/**
 * Whether a request comes from this machine itself: over loopback, or from one of its addresses to the same one.
 * What a proxy passed on does not count, whoever stands behind it.
 */
export function isThisMachine(request: IncomingMessage): boolean {
  const { headers, socket } = request;
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false;
  const peer = plainAddress(socket.remoteAddress);
  return isLoopback(peer) || (peer !== 'unknown' && peer === plainAddress(socket.localAddress));
}
