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
 * address for each connection, so such a network counts as one. Loopback and link-local addresses stand alone, and so
 * does everything that is not an IPv6 address.
 */
export function limitKey(address: string): string {
  if (!address.includes(':')) return address;
  const plain = plainAddress(address);
  return isIPv6(plain) && plain !== '::1' && !/^fe[89ab]/i.test(plain) ? networkOf(plain) : plain;
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
