import type { IncomingMessage } from 'node:http';

/** Whether an `Origin` names the very host and port that the request was sent to. */
export function isSameOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && originHost === host.toLowerCase();
}

/**
 * Whether a web page of another site made the browser send this. `same-site` is another site here: pages on
 * other ports of localhost are.
 */
export function isFromOtherSite(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin !== undefined && !isSameOrigin(origin, host)) return true;
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
