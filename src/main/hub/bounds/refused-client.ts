import { displayText } from '@shared/display-text';
import { hideSecrets } from '@shared/hide-secrets';

/** What is known of a client that was refused; it says all but the address itself. Each part may be shown to people. */
export interface RefusedClient {
  address: string | null;
  /** The id of the device that it is or claims to be. */
  device: string | null;
  /** The page that it came from: scheme, host and port. */
  origin: string | null;
  /** The name that it called the hub by, with the port. */
  host: string | null;
  /** The path that it asked for, without the query. */
  path: string | null;
}

const MAX_CHARS = 200;
/** What begins a query, parameters or a fragment, encoded or not. */
const QUERY = /[?#;&]|%3f|%23|%3b|%26/i;
/** Parts of a path that could be keys: 128 bits take 22 characters of base64. */
const OPAQUE = /[A-Za-z0-9_~%+=-]{20,}/g;

/** The head of a request that was refused: bounded, one line each, without anything that could be a secret. */
export function refusedClient(
  address: string,
  { url, headers }: { url?: string | undefined; headers: { origin?: string; host?: string } },
): RefusedClient {
  return {
    address,
    device: null,
    origin: originOf(headers.origin),
    host: shown(headers.host?.replace(/^.*@/s, '').split(/[/?#]/, 1)[0]),
    path: pathOf(url),
  };
}

/** A client of which at most the address is known. */
export function refusedAddress(address: string | null): RefusedClient {
  return { address, device: null, origin: null, host: null, path: null };
}

function originOf(origin: string | undefined): string | null {
  const [, scheme, host] = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#]*@)?([^/?#]*)/i.exec(origin ?? '') ?? [];
  if (scheme !== undefined) return shown(`${scheme}${host ?? ''}`);
  return shown(origin?.split(/[/?#]/, 1)[0]);
}

/** A target that is no path (`http://…`, `*`) may hold anything. */
function pathOf(target: string | undefined): string | null {
  if (!target?.startsWith('/')) return null;
  const path = target.slice(0, 2 * MAX_CHARS).split(QUERY, 1)[0] ?? '';
  return shown(path.replace(OPAQUE, '(hidden)'));
}

function shown(words: string | undefined): string | null {
  if (words === undefined || words === '') return null;
  const text = displayText(hideSecrets(words.slice(0, 2 * MAX_CHARS)), MAX_CHARS);
  // A piece of a string keeps the whole of it in memory, up to 16 KiB here; a copy does not.
  return text === '' ? null : Buffer.from(text).toString();
}
