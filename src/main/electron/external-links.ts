import { shell } from 'electron';
import type { Logger } from '@shared/logger';

/** Hosts that a link in the app may open in the browser: standards and documentation it refers to. */
const ALLOWED_HOSTS: ReadonlySet<string> = new Set([
  'opentelemetry.io',
  'www.rfc-editor.org',
  'datatracker.ietf.org',
  'developer.mozilla.org',
]);

/** Only https, a listed host, its standard port and no credentials: anything else a page could smuggle in. */
export function isAllowedExternalUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port, username, password } = new URL(url);
  return (
    protocol === 'https:' && port === '' && username === '' && password === '' && ALLOWED_HOSTS.has(hostname)
  );
}

/** Opens an allowed address in the person's browser; refuses and logs any other. */
export function openExternal(url: string, log: Logger): void {
  if (!isAllowedExternalUrl(url)) {
    log.warn('refused to open an address outside the app', { url: url.slice(0, 200) });
    return;
  }
  shell.openExternal(url).catch((error: unknown) => {
    log.warn('no program opened the address', { url, reason: String(error) });
  });
}
