import { fail, succeed, type Result } from '@shared/errors';
import { DEFAULT_PORT } from '@shared/protocol/limits';

/** The address of a hub, and whether the user chose TLS or plain. */
export interface HubTarget {
  url: URL;
  /** No scheme was given: try TLS, and plain WebSocket if there is none. */
  isOpenToPlain: boolean;
}

/**
 * Parses what people type as a hub's address: `nas`, `192.168.1.20:7411`, `ws://nas:7411`, `wss://hub.example/agent`.
 * Without a scheme it means `wss://` with `ws://` as fallback, and port 7411; without a path, `/agent`. Fails with
 * `BAD_URL`.
 */
export function parseHubUrl(text: string): Result<HubTarget> {
  const bad = (why: string) => fail('BAD_URL', `"${text.slice(0, 200)}" is not a hub's address: ${why}`);
  const trimmed = text.trim();
  if (trimmed === '') return bad('it is empty.');
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed);
  let url: URL;
  try {
    url = new URL(hasScheme ? trimmed.replace(/^http(s?):/i, 'ws$1:') : `wss://${trimmed}`);
  } catch {
    return bad('it must look like ws://192.168.1.20:7411.');
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') return bad('it must start with ws:// or wss://.');
  if (url.hostname === '') return bad('it has no host.');
  if (url.username !== '' || url.password !== '') {
    return bad('it must not contain a user name or password; use --token.');
  }
  if (!hasScheme && url.port === '' && !/:\d+$/.test(trimmed.split('/')[0] ?? ''))
    url.port = String(DEFAULT_PORT);
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/agent';
  url.hash = '';
  return succeed({ url, isOpenToPlain: !hasScheme });
}

/** `host:port` of a URL, always with its port. */
export function hostOf(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'wss:' ? '443' : '80')}`;
}

/** The same address without TLS. */
export function plainUrl(url: URL): URL {
  return new URL(`ws://${hostOf(url)}${url.pathname}${url.search}`);
}
