import { BlockList, isIP, isIPv4 } from 'node:net';
import { plainAddress } from './peer-address';

/** A network as `--trust-proxy` takes it. */
interface Network {
  address: string;
  prefix: number;
  family: 'ipv4' | 'ipv6';
}

/** Reads `10.0.0.0/8`, `fd00::/8` or one address; null when it is neither. */
export function parseNetwork(text: string): Network | null {
  const [address = '', bits, ...rest] = text.split('/');
  if (rest.length > 0 || address.includes('%') || isIP(address) === 0) return null;
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const longest = family === 'ipv4' ? 32 : 128;
  if (bits === undefined) return { address, prefix: longest, family };
  const prefix = Number(bits);
  return /^\d{1,3}$/.test(bits) && prefix <= longest ? { address, prefix, family } : null;
}

/**
 * The reverse proxies whose word about their clients counts. Nobody else's does: any client can send the same headers.
 */
export class TrustedProxies {
  readonly #networks = new BlockList();

  /** `networks` as {@link parseNetwork} reads them; others are left out. */
  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const network = parseNetwork(text);
      if (network) this.#networks.addSubnet(network.address, network.prefix, network.family);
    }
  }

  has(address: string): boolean {
    const plain = plainAddress(address).split('%')[0] ?? '';
    const version = isIP(plain);
    return version !== 0 && this.#networks.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  }

  /**
   * The address that a request from `peer` counts as. Each proxy appends the address that it was called from, so the
   * chain is read from its end, as far as the addresses are trusted; the first that is not is the client. What lies
   * beyond it may be made up. A word that is no address (`unknown`, an obfuscated name) ends the chain too: then the
   * request counts as the proxy that wrote the word.
   */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    if (!this.has(peer) || forwardedFor === undefined) return peer;
    const chain = forwardedFor.split(',');
    let client = peer;
    for (let i = chain.length - 1; i >= 0 && this.has(client); i--) {
      const before = parseHop(chain[i] ?? '');
      if (before === null) break;
      client = before;
    }
    return client;
  }
}

/** An address in `X-Forwarded-For`: some proxies add the port, and put IPv6 addresses in brackets. */
function parseHop(text: string): string | null {
  const hop = text.trim();
  const [, bracketed] = /^\[([0-9a-fA-F:.]{2,45})\](?::\d{1,5})?$/.exec(hop) ?? [];
  const [, withPort] = /^([\d.]{7,15}):\d{1,5}$/.exec(hop) ?? [];
  const address = bracketed ?? withPort ?? hop;
  if (isIP(address) === 0 || address.includes('%')) return null;
  return plainAddress(address.toLowerCase());
}
