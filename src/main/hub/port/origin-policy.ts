import type { IncomingMessage } from 'node:http';

/** Whether who asks for an upgrade may be an agent. */
export type OriginPolicy = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => boolean;

/**
 * Programs send no `Origin`; web pages always do, and cannot change it. The hub's own pages pass, others only when
 * allow-listed. So does `file://`, which arduinoWebSockets sends, unless a browser does: any page that was saved or
 * mailed would pass otherwise.
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
 * Whether an `Origin` names the very host and port that the request was sent to. Over TLS the page must have come
 * over TLS too; without it, a proxy may have taken the encryption off.
 */
export function isSameOrigin(origin: string, host: string | undefined, encrypted: boolean): boolean {
  if (host === undefined) return false;
  const [, scheme, originHost] = /^(https?):\/\/([^/?#@\s]+)$/.exec(origin) ?? [];
  if (scheme === undefined || (encrypted && scheme !== 'https')) return false;
  return originHost === host.toLowerCase();
}

export function isEncrypted({ socket }: Pick<IncomingMessage, 'socket'>): boolean {
  return 'encrypted' in socket && socket.encrypted === true;
}

/**
 * Every browser's name for itself has begun like this for thirty years, and no page can change it; nor can it leave out
 * what else browsers say of a request (Fetch metadata).
 */
function isBrowser({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  if (headers['sec-fetch-mode'] !== undefined || headers['sec-fetch-site'] !== undefined) return true;
  return /^(Mozilla|Opera)\//i.test(headers['user-agent'] ?? '');
}
