import type { IncomingMessage } from 'node:http';

export function isEncrypted(request: Pick<IncomingMessage, 'socket'>): boolean {
  return 'encrypted' in request.socket && request.socket.encrypted === true;
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

/**
 * Whether a web page of another site made the browser send this. `same-site` is another site here: pages on
 * other ports of localhost are.
 */
export function isFromOtherSite(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin !== undefined && !isSameOrigin(origin, host, isEncrypted(request))) return true;
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
