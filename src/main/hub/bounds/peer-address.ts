import { isIPv4, isIPv6 } from 'node:net';

/**
 * Everything about peer addresses: the form in which they are compared, which of them are this machine, and which of
 * them count as one when something is limited by address.
 */

/** Strips the `::ffff:` that a dual-stack socket puts before IPv4 addresses; `unknown` for a closed socket. */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address;
}

/** Whether an address, in any form, is a loopback address: 127.0.0.0/8 or `::1`. */
export function isLoopback(address: string | undefined): boolean {
  const plain = plainAddress(address);
  return plain === '::1' || (plain.startsWith('127.') && isIPv4(plain));
}

/**
 * Whether an address is the one by which this machine's own programs reach the hub: the built-in agent, the demo, the
 * owner's browser. Other addresses of 127.0.0.0/8 are loopback too, but nobody has them without choosing them.
 */
export function isLocalhost(address: string): boolean {
  return address === '127.0.0.1' || address === '::1';
}

/**
 * The key under which a limit counts an address. One machine may have a whole IPv6 network (/64) to itself and a new
 * address for each connection, so such a network counts as one. Loopback and link-local addresses (with their zone)
 * stand alone, and so does everything that is not an IPv6 address. Since one machine may also have many link-local
 * addresses, limits count them together as well: see {@link crowdKey}.
 */
export function limitKey(address: string): string {
  if (!address.includes(':')) return address;
  const plain = plainAddress(address);
  return isIPv6(plain) && plain !== '::1' && !isLinkLocal(plain) ? networkOf(plain) : plain;
}

/** What all link-local addresses together may have, in shares of one address. */
export const LINK_LOCAL_SHARES = 4;

const LINK_LOCAL = 'link-local';

/**
 * The largest group that may be one machine in disguise: an address or IPv6 network, or all link-local addresses, on
 * whichever link.
 */
export function crowdKey(address: string): string {
  return isLinkLocal(address) ? LINK_LOCAL : limitKey(address);
}

/** Whether it is in fe80::/10 (RFC 4291 section 2.5.6). */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address) && isIPv6(address);
}

/** The first 64 bits of an IPv6 address, each group without leading zeros. */
function networkOf(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  // An IPv4 tail stands for two groups, which lie beyond the first 64 bits.
  const written = left.length + right.length + (address.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - written);
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
