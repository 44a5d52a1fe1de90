/**
 * Returns the values of all cookies with this name in a `Cookie` header. There can be several if pages on other ports
 * or paths of this machine have set one too; those must not keep out a browser that also has the right one, however
 * many they are. The size of a request head limits their number.
 */
export function readCookies(header: string | undefined, name: string): string[] {
  const values: string[] = [];
  for (const pair of (header ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    values.push(pair.slice(equals + 1).trim());
  }
  return values;
}

/**
 * The scope of a cookie. Cookies ignore ports, and a page without encryption must not replace a cookie of an
 * encrypted one.
 */
export interface CookieScope {
  port: number;
  secure: boolean;
}

/**
 * Returns the cookie's name. It contains the port, so that two hubs on one machine do not sign each other out. An
 * encrypted connection has its own cookie, with a prefix that makes the browser refuse it from any other page (RFC
 * 6265bis section 4.1.3.2).
 */
export function sessionCookieName({ port, secure }: CookieScope): string {
  return `${secure ? '__Host-' : ''}wirewatch-${port}`;
}

/** Formats the `Set-Cookie` header. An empty secret gives `Max-Age=0`, which deletes the cookie. */
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
