/** More cookies of one name than this are somebody's game. */
const MAX_SAME_NAME = 8;

/**
 * The values of the cookies of this name in a `Cookie` header. Several come when pages of other ports or paths of this
 * machine have set one too: none of these may keep out who has the right one.
 */
export function readCookies(header: string | undefined, name: string): string[] {
  const values: string[] = [];
  for (const pair of (header ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    values.push(pair.slice(equals + 1).trim());
    if (values.length === MAX_SAME_NAME) break;
  }
  return values;
}

/** Where a cookie belongs: cookies know no ports, and a page without encryption may not replace one with it. */
export interface CookieScope {
  port: number;
  secure: boolean;
}

/**
 * The name carries the port, so that two hubs on one machine do not log each other out. An encrypted connection has
 * a cookie of its own, whose prefix makes the browser refuse it from anybody else (RFC 6265bis section 4.1.3.2).
 */
export function sessionCookieName({ port, secure }: CookieScope): string {
  return `${secure ? '__Host-' : ''}wirewatch-${port}`;
}

/** `Max-Age=0`, with an empty secret, takes it away. */
export function formatSessionCookie(scope: CookieScope, secret: string, maxAgeMs: number): string {
  const parts = [
    `${sessionCookieName(scope)}=${secret}`,
    'HttpOnly',
    'SameSite=Strict',
    'Path=/',
    `Max-Age=${Math.floor(maxAgeMs / 1_000)}`,
  ];
  if (scope.secure) parts.push('Secure');
  return parts.join('; ');
}
