import type { IncomingMessage } from 'node:http';
import { isEncrypted, isSameOrigin } from '../hub/port/origin-policy';

/**
 * Whether a web page from another site made the browser send this request. `same-site` counts as another site,
 * because it includes pages on other ports of localhost.
 */
export function isFromOtherSite(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin !== undefined && !isSameOrigin(origin, host, isEncrypted(request))) return true;
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
