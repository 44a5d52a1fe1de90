/** The value of the first cookie of this name in a `Cookie` header. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals >= 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** Cookies know no ports: the name carries it, so that two hubs on one machine do not log each other out. */
export function sessionCookieName(port: number): string {
  return `wirewatch-${port}`;
}

export function formatSessionCookie(port: number, secret: string, maxAgeMs: number, secure: boolean): string {
  const parts = [
    `${sessionCookieName(port)}=${secret}`,
    'HttpOnly',
    'SameSite=Strict',
    'Path=/',
    `Max-Age=${Math.floor(maxAgeMs / 1_000)}`,
  ];
  if (secure) parts.push('Secure');
  return parts.join('; ');
}
