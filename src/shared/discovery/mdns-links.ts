import type { Disposable } from '../disposable';

/** A record of a DNS message, as `dns-packet` decodes and encodes it. `data` is as its type says; anybody may have sent it. */
export interface MdnsRecord {
  name: string;
  type: string;
  ttl?: number | undefined;
  /** The cache-flush bit (RFC 6762 section 10.2). */
  flush?: boolean | undefined;
  data?: unknown;
}

export interface MdnsPacket {
  id?: number | undefined;
  questions?: readonly { name: string; type: string }[] | undefined;
  answers?: readonly MdnsRecord[] | undefined;
  authorities?: readonly MdnsRecord[] | undefined;
  additionals?: readonly MdnsRecord[] | undefined;
}

export interface MdnsPeer {
  address: string;
  port: number;
}

/** One multicast socket on one interface. */
export interface MdnsSocket {
  query(packet: MdnsPacket, sent: (error: Error | null) => void): void;
  /** To everybody, or to one peer only. */
  respond(packet: MdnsPacket, to: MdnsPeer | null, sent: (error: Error | null) => void): void;
  destroy(): void;
}

export interface MdnsListener {
  readonly query: (packet: MdnsPacket, from: MdnsPeer) => void;
  readonly response: (packet: MdnsPacket, from: MdnsPeer) => void;
  /** It cannot be used at all. */
  failed(error: Error): void;
}

/** An IPv4 address of this machine. */
export interface OwnAddress {
  address: string;
  netmask: string;
}

export interface MdnsLink {
  readonly own: OwnAddress;
  readonly socket: MdnsSocket;
}

export interface MdnsLinksOptions {
  /** Opens a socket that speaks on the interface of this address. */
  open(address: string, listener: MdnsListener): MdnsSocket;
  /** Of all interfaces that lead to others. */
  ownAddresses(): OwnAddress[];
  query?(link: MdnsLink, packet: MdnsPacket, from: MdnsPeer): void;
  response?(link: MdnsLink, packet: MdnsPacket, from: MdnsPeer): void;
}

/** Machines have a few interfaces; those that run containers have many that lead nowhere. */
const MAX_LINKS = 16;

/**
 * Multicast DNS on every interface at once. A packet counts on the link whose network its sender is in, and on no other
 * (RFC 6762 section 11): each socket hears what arrives on all interfaces.
 */
export class MdnsLinks implements Disposable {
  readonly #options: MdnsLinksOptions;
  readonly #links = new Map<string, MdnsLink>();
  #problem: Error | null = null;

  constructor(options: MdnsLinksOptions) {
    this.#options = options;
  }

  get links(): MdnsLink[] {
    return [...this.#links.values()];
  }

  /** Why the last link that failed did; null when none did. */
  get problem(): Error | null {
    return this.#problem;
  }

  /** Follows the interfaces of this machine. Returns the links that are new. */
  refresh(): MdnsLink[] {
    const now = new Map(
      this.#options
        .ownAddresses()
        .slice(0, MAX_LINKS)
        .map((own) => [own.address, own]),
    );
    for (const [address, link] of this.#links) {
      if (now.has(address)) continue;
      this.#links.delete(address);
      link.socket.destroy();
    }
    const added: MdnsLink[] = [];
    for (const [address, own] of now) {
      if (this.#links.has(address)) continue;
      const link = this.#open(own);
      if (!link) continue;
      this.#links.set(address, link);
      added.push(link);
    }
    return added;
  }

  dispose(): void {
    for (const { socket } of this.#links.values()) socket.destroy();
    this.#links.clear();
  }

  #open(own: OwnAddress): MdnsLink | null {
    const { open, query, response } = this.#options;
    const isHere = (from: MdnsPeer): boolean =>
      this.#links.get(own.address) === link && isInNetwork(from.address, own);
    let link: MdnsLink | null = null;
    try {
      const socket = open(own.address, {
        query: (packet, from) => {
          if (link && isHere(from)) query?.(link, packet, from);
        },
        response: (packet, from) => {
          if (link && isHere(from)) response?.(link, packet, from);
        },
        failed: (error) => {
          this.#problem = error;
          if (this.#links.get(own.address) !== link) return;
          this.#links.delete(own.address);
          link?.socket.destroy();
        },
      });
      link = { own, socket };
      return link;
    } catch (error) {
      this.#problem = error instanceof Error ? error : new Error(String(error));
      return null;
    }
  }
}

/** Whether an IPv4 address is in the network of an own address. */
export function isInNetwork(address: string, { address: own, netmask }: OwnAddress): boolean {
  const [a, b, mask] = [address, own, netmask].map(toNumber);
  if (a === undefined || b === undefined || mask === undefined) return false;
  return (a & mask) === (b & mask);
}

function toNumber(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return parts.reduce((sum, part) => (sum << 8) | part, 0);
}
