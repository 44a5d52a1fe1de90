import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { hostname } from 'node:os';

export interface HostRefusal {
  status: 400 | 403;
  code: 'BAD_HOST' | 'HOST_NOT_ALLOWED';
  message: string;
}

/** Judges a request's `Host`; null when the request may pass. */
export type HostPolicy = (request: Pick<IncomingMessage, 'rawHeaders'>) => HostRefusal | null;

const BAD_HOST: HostRefusal = {
  status: 400,
  code: 'BAD_HOST',
  message: 'A request must have exactly one Host header (RFC 9112 section 3.2).',
};
const NOT_ALLOWED: HostRefusal = {
  status: 403,
  code: 'HOST_NOT_ALLOWED',
  message: 'This host name does not belong to this hub. Use its address, or start it with --allow-host NAME.',
};

/**
 * Decides which `Host` names this hub answers to: IP literals, localhost, this machine's name, its `.local` name, and
 * allowed names. So a web page whose own name is re-pointed at this machine (DNS rebinding) gets nothing.
 */
export function createHostPolicy(allowed: readonly string[]): HostPolicy {
  const own = hostname().toLowerCase();
  const short = own.split('.')[0] ?? own;
  const named = allowed.map((name) => hostName(name) ?? name.toLowerCase());
  const names = new Set(['localhost', own, short, `${short}.local`, ...named]);
  return ({ rawHeaders }) => {
    const hosts = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'host');
    const [host, second] = hosts;
    // If there are two, a proxy in front of us may have checked the other one.
    if (host === undefined || second !== undefined) return BAD_HOST;
    const name = hostName(host);
    return name !== null && (isIP(name) !== 0 || names.has(name)) ? null : NOT_ALLOWED;
  };
}

/** The name in a `Host` header without its port, and IPv6 addresses without brackets; null when it is invalid. */
export function hostName(host: string | undefined): string | null {
  if (host === undefined) return null;
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?$/.exec(host);
  const [, bracketed, plain] = match ?? [];
  if (bracketed !== undefined) return isIPv6(bracketed) ? bracketed.toLowerCase() : null;
  if (plain === undefined || isIPv4(plain)) return plain ?? null;
  // A fully qualified name may end with a dot; an empty label is invalid.
  const name = plain.toLowerCase().replace(/\.$/, '');
  return name === '' ? null : name;
}
