import type { IncomingMessage } from 'node:http';
import { clientOf } from './client';

/** Whether the sender of an upgrade request may be an agent. */
export type OriginPolicy = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => boolean;

/**
 * Programs send no `Origin`; web pages always do and cannot change it. The hub's own pages pass, and others only when
 * allow-listed. `file://`, which arduinoWebSockets sends, passes from programs but not from browsers, because
 * otherwise any saved or mailed page would pass.
 */
export function createOriginPolicy(allowed: readonly string[]): OriginPolicy {
  const origins = new Set(allowed.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
  return (request) => {
    const { origin, host } = request.headers;
    if (origin === undefined) return true;
    if (origin === 'file://') return !isBrowser(request);
    return origins.has(origin.toLowerCase()) || isSameOrigin(origin, host, isEncrypted(request));
  };
}

/**
 * Whether an `Origin` names exactly the host and port that the request was sent to. Over TLS the page must have been
 * loaded over TLS too; without TLS, a proxy may have removed the encryption.
 */
export function isSameOrigin(origin: string, host: string | undefined, encrypted: boolean): boolean {
  if (host === undefined) return false;
  const [, scheme, originHost] = /^(https?):\/\/([^/?#@\s]+)$/.exec(origin) ?? [];
  if (scheme === undefined || (encrypted && scheme !== 'https')) return false;
  return originHost === host.toLowerCase();
}

export function isEncrypted(request: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  return clientOf(request).isEncrypted;
}

/**
 * Every browser's `User-Agent` has started this way for thirty years, and no page can change it; nor can a page
 * suppress the other headers that browsers add (Fetch metadata).
 */
function isBrowser({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  if (headers['sec-fetch-mode'] !== undefined || headers['sec-fetch-site'] !== undefined) return true;
  return /^(Mozilla|Opera)\//i.test(headers['user-agent'] ?? '');
}
