/** Allows the UI to load and do only what it needs, wherever it is shown: its own files, nothing from any network. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  'script-src': "'self'",
  // Charts, virtual lists and floating elements are positioned by style attributes.
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  // Covers a browser's bridge too: a WebSocket of the same host and port is 'self' (CSP level 3).
  'connect-src': "'self'",
  'object-src': "'none'",
  'frame-src': "'none'",
  'worker-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** Returns the header's value. The caller's own directives are added; one with the same name replaces the default. */
export function contentSecurityPolicy(own: Readonly<Record<string, string>>): string {
  return Object.entries({ ...DIRECTIVES, ...own })
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}
