import type { Disposable } from '../disposable';

/**
 * A record of a DNS message, as `dns-packet` decodes and encodes it. The type of `data` depends on `type`. Untrusted:
 * any machine on the network may have sent it.
 */
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
  /** Sends to all peers, or to one peer only. */
  respond(packet: MdnsPacket, to: MdnsPeer | null, sent: (error: Error | null) => void): void;
  destroy(): void;
}

export interface MdnsListener {
  readonly query: (packet: MdnsPacket, from: MdnsPeer) => void;
  readonly response: (packet: MdnsPacket, from: MdnsPeer) => void;
  /** Called when the socket cannot be used at all. */
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
  /** Opens a socket on the interface that has this address. */
  open(address: string, listener: MdnsListener): MdnsSocket;
  /** Returns the addresses of all interfaces that lead to other machines. */
  ownAddresses(): OwnAddress[];
  query?(link: MdnsLink, packet: MdnsPacket, from: MdnsPeer): void;
  response?(link: MdnsLink, packet: MdnsPacket, from: MdnsPeer): void;
}

/** Most machines have a few interfaces; container hosts have many that lead nowhere. */
const MAX_LINKS = 16;

/**
 * Multicast DNS on every interface at once. Each socket hears packets from all interfaces, so a packet counts only on
 * the link whose network contains its sender (RFC 6762 section 11).
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

  /** The error of the last link that failed; null when none failed. */
  get problem(): Error | null {
    return this.#problem;
  }

  /** Updates the links to match the machine's current interfaces. Returns the new links. */
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

/** Whether an IPv4 address is in the network of one of our own addresses. */
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
