import type { IncomingMessage } from 'node:http';
import { isOwnOrigin, lacksPortOf } from '../hub/port/origin-policy';

/**
 * Whether a web page from another site made the browser send this request. `same-site` counts as another site,
 * because it includes pages on other ports of localhost.
 */
export function isFromOtherSite(request: IncomingMessage): boolean {
  if (request.headers.origin !== undefined && !isOwnOrigin(request)) return true;
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/**
 * Returns advice for a request that seems to come from another site only because a proxy has dropped the port;
 * otherwise empty.
 */
export function proxyAdvice({ headers }: IncomingMessage): string {
  if (!lacksPortOf(headers.origin, headers.host)) return '';
  return (
    ' The page has a port in its address and the Host header has none: let the proxy pass on both (nginx: ' +
    'proxy_set_header Host $http_host), or start the hub with --trust-proxy and the address of the proxy.'
  );
}
