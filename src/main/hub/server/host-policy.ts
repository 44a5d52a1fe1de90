import { isIP } from 'node:net';
import { hostname } from 'node:os';

/**
 * Which `Host` names this hub answers to, so that a web page whose own name is re-pointed at this machine
 * (DNS rebinding) gets nothing: IP literals, localhost, this machine's name, its `.local`, and what was allowed.
 */
export function createHostPolicy(allowed: readonly string[]): (host: string | undefined) => boolean {
  const own = hostname().toLowerCase();
  const short = own.split('.')[0] ?? own;
  const names = new Set(['localhost', own, short, `${short}.local`, ...allowed.map((h) => h.toLowerCase())]);
  return (host) => {
    const name = hostName(host);
    return name !== null && (isIP(name) !== 0 || names.has(name));
  };
}

/** The name in a `Host` header without its port; IPv6 without brackets; null when it is not one. */
export function hostName(host: string | undefined): string | null {
  if (host === undefined) return null;
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?$/.exec(host);
  const name = match?.[1] ?? match?.[2];
  return name === undefined ? null : name.toLowerCase().replace(/\.$/, '');
}

/**
 * Whether a connection with this `Origin` may be an agent. Programs send none; web pages always do. The hub's own
 * pages and `file://` (arduinoWebSockets sends it) pass, others only when allow-listed.
 */
export function createOriginPolicy(
  allowed: readonly string[],
): (origin: string | undefined, host: string | undefined) => boolean {
  const origins = new Set(allowed.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
  return (origin, host) => {
    if (origin === undefined || origin === 'file://') return true;
    const lower = origin.toLowerCase();
    return (
      origins.has(lower) || (host !== undefined && lower.replace(/^https?:\/\//, '') === host.toLowerCase())
    );
  };
}
