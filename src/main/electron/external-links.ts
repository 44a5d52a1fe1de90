import { shell } from 'electron';
import type { Logger } from '@shared/logger';

/** Hosts that links in the app may open in the browser: the standards and documentation it refers to. */
const ALLOWED_HOSTS: ReadonlySet<string> = new Set([
  'opentelemetry.io',
  'www.rfc-editor.org',
  'datatracker.ietf.org',
  'developer.mozilla.org',
]);

/**
 * Accepts only https, a listed host, the standard port and no credentials, so that a page cannot smuggle anything in.
 */
export function isAllowedExternalUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port, username, password } = new URL(url);
  return (
    protocol === 'https:' && port === '' && username === '' && password === '' && ALLOWED_HOSTS.has(hostname)
  );
}

/** Opens an allowed address in the user's browser; refuses and logs any other. */
export function openExternal(url: string, log: Logger): void {
  if (!isAllowedExternalUrl(url)) {
    log.warn('refused to open an address outside the app', { url: url.slice(0, 200) });
    return;
  }
  shell.openExternal(url).catch((error: unknown) => {
    log.warn('no program opened the address', { url, reason: String(error) });
  });
}
