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
    const { origin } = request.headers;
    if (origin === undefined) return true;
    if (origin === 'file://') return !isBrowser(request);
    return origins.has(origin.toLowerCase()) || isOwnOrigin(request);
  };
}

/**
 * Whether a request comes from a page of the address that it was sent to. Behind a proxy on another port that passes on
 * the name alone (nginx's `Host $host`), the port is missing; then the browser has to vouch that the page is of the same
 * origin, or, where it says nothing (on plain HTTP), the proxy has to be trusted.
 */
export function isOwnOrigin(request: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return false;
  const encrypted = isEncrypted(request);
  if (isSameOrigin(origin, host, encrypted)) return true;
  if (!lacksPortOf(origin, host)) return false;
  const site = request.headers['sec-fetch-site'];
  const isVouchedFor = site === undefined ? clientOf(request).proxy !== null : site === 'same-origin';
  return isVouchedFor && (!encrypted || origin.startsWith('https:'));
}

/** Whether `Origin` and `Host` differ in this alone, that `Host` has no port. */
export function lacksPortOf(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined || host === undefined) return false;
  const [, name] = /^https?:\/\/([^/?#@\s]+):\d{1,5}$/.exec(origin) ?? [];
  return name === host.toLowerCase();
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
