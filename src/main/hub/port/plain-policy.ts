import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { HubTls } from '../tls/hub-tls';
import { isLoopback, plainAddress } from '../bounds/peer-address';
import { clientOf } from './client';
import { hostName } from './host-policy';

/**
 * How a plain request is answered while TLS is required: with a redirect to the encrypted address, or a refusal
 * (426).
 */
export type PlainAnswer = { kind: 'redirect'; location: string } | { kind: 'refuse'; message: string };

/**
 * The pages that people open are redirected. Programs get an error instead, so that none of them keeps sending a
 * secret unencrypted.
 */
const PAGES = new Set(['/', '/index.html']);

/** Null when the request may pass: it is encrypted, or TLS is not required. */
export function judgePlain(request: IncomingMessage, tls: HubTls): PlainAnswer | null {
  const client = clientOf(request);
  if (tls.mode !== 'require' || client.isEncrypted) return null;
  const isUpgrade = request.headers.upgrade !== undefined;
  if (!tls.certificate) {
    // Nothing is open to the network then, but the owner must be able to see the problem from this machine.
    const isForPeople = !isUpgrade || request.url === '/ui';
    if (isForPeople && isLoopback(client.address)) return null;
    return {
      kind: 'refuse',
      message: 'This hub accepts only encrypted connections, and its TLS has failed.',
    };
  }
  if (client.proxy !== null) {
    const message =
      'This hub accepts only encrypted connections, and the proxy says that this one reached it without encryption.';
    return { kind: 'refuse', message };
  }
  const host = trustedHost(request);
  const base = `${host}:${request.socket.localPort}`;
  const isPage = request.method === 'GET' && PAGES.has(request.url ?? '') && !isUpgrade;
  if (isPage && isNamed(request)) return { kind: 'redirect', location: `https://${base}/` };
  const scheme = isUpgrade ? 'wss' : 'https';
  return { kind: 'refuse', message: `This hub accepts only encrypted connections. Use ${scheme}://${base}.` };
}

/** Whether `Host` is a name of this hub (already checked) or exactly the address that was connected to. */
function isNamed({ headers, socket }: IncomingMessage): boolean {
  const name = hostName(headers.host);
  return name !== null && (isIP(name) === 0 || name === plainAddress(socket.localAddress));
}

/** The name that the client used if it is ours, else the address it connected to: never a name it made up. */
function trustedHost(request: IncomingMessage): string {
  const name = isNamed(request) ? hostName(request.headers.host) : null;
  const host = name ?? plainAddress(request.socket.localAddress);
  return host.includes(':') ? `[${host}]` : host;
}
