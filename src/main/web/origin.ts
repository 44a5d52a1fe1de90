import type { IncomingMessage } from 'node:http';
import { isEncrypted, isSameOrigin } from '../hub/port/origin-policy';

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
