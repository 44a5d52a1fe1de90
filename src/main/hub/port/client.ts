import type { IncomingMessage } from 'node:http';
import { plainAddress } from '../bounds/peer-address';
import { refusedClient, type RefusedClient } from '../bounds/refused-client';
import type { TrustedProxies } from '../bounds/trusted-proxies';

/** Who sent a request, and how. */
export interface Client {
  /** What every limit counts, and what people are shown. */
  address: string;
  /** Whether the client's own connection is encrypted: to this hub, or to the trusted proxy in between. */
  isEncrypted: boolean;
  /** The trusted proxy that passed the request on; null when there is none. */
  proxy: string | null;
}

type Request = Pick<IncomingMessage, 'headers' | 'socket'>;

const identified = new WeakMap<Request, Client>();

/** Finds out who sent a request. The port does this once, before anything judges or counts the request. */
export function identifyClient(request: Request, proxies: TrustedProxies): Client {
  const client = identify(request, proxies);
  identified.set(request, client);
  return client;
}

/** Who sent a request. Without {@link identifyClient} it is the other end of its socket, whatever its headers say. */
export function clientOf(request: Request): Client {
  return identified.get(request) ?? ownClient(request);
}

/** What is kept of the sender of a request that is refused. */
export function refusedOf(request: Request & Pick<IncomingMessage, 'url'>): RefusedClient {
  return refusedClient(clientOf(request).address, request);
}

function identify(request: Request, proxies: TrustedProxies): Client {
  const own = ownClient(request);
  const forwardedFor = joined(request.headers['x-forwarded-for']);
  const scheme = joined(request.headers['x-forwarded-proto']);
  if ((forwardedFor ?? scheme) === undefined || !proxies.has(own.address)) return own;
  return {
    address: proxies.clientOf(own.address, forwardedFor),
    isEncrypted: scheme === undefined ? own.isEncrypted : isSecure(scheme),
    proxy: own.address,
  };
}

function ownClient({ socket }: Request): Client {
  return {
    address: plainAddress(socket.remoteAddress),
    isEncrypted: 'encrypted' in socket && socket.encrypted === true,
    proxy: null,
  };
}

/** The last one is the word of the proxy that we trust. Traefik says `wss` for a WebSocket. */
function isSecure(scheme: string): boolean {
  const last = scheme.split(',').at(-1)?.trim().toLowerCase();
  return last === 'https' || last === 'wss';
}

function joined(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
