import type { MdnsListener, MdnsPacket, MdnsPeer, MdnsSocket, OwnAddress } from './mdns-links';

/** A `multicast-dns` instance. Hub and agent pass the factory in, because shared code must not load the package. */
export interface RawMdns {
  on(event: 'query' | 'response', listener: (packet: MdnsPacket, from: MdnsPeer) => void): unknown;
  on(event: 'error' | 'warning', listener: (error: Error) => void): unknown;
  query(packet: never, sent: (error: Error | null) => void): void;
  respond(packet: never, to: MdnsPeer, sent: (error: Error | null) => void): void;
  respond(packet: never, sent: (error: Error | null) => void): void;
  destroy(): void;
}

export type CreateMdns = (options: { interface: string; bind: string }) => RawMdns;

/**
 * Returns a function that opens a multicast DNS socket, which sends on the interface with a given address. Packets are
 * untrusted: if a listener throws, the error goes to `onFault`, and later packets are still handled.
 */
export function socketOpener(create: CreateMdns, onFault: (thrown: unknown) => void) {
  const contained = (hear: MdnsListener['query']) => (packet: MdnsPacket, from: MdnsPeer) => {
    try {
      hear(packet, from);
    } catch (error) {
      onFault(error);
    }
  };
  return (address: string, listener: MdnsListener): MdnsSocket => {
    // A socket bound to one address would not receive multicast.
    const mdns = create({ interface: address, bind: '0.0.0.0' });
    mdns.on('query', contained(listener.query));
    mdns.on('response', contained(listener.response));
    mdns.on('error', (error) => listener.failed(error));
    // Warnings report unreadable packets and interfaces that come and go.
    mdns.on('warning', () => {});
    return {
      query: (packet, sent) => mdns.query(packet as never, sent),
      respond(packet, to, sent) {
        if (to) mdns.respond(packet as never, to, sent);
        else mdns.respond(packet as never, sent);
      },
      destroy: () => mdns.destroy(),
    };
  };
}

/** An entry of Node's `networkInterfaces()`. */
interface InterfaceAddress extends OwnAddress {
  family: string;
  internal: boolean;
}

/**
 * Returns one IPv4 address for each interface that leads to other machines; only `listenHost`, unless it stands for all
 * addresses.
 */
export function linkAddresses(
  interfaces: Readonly<Record<string, readonly InterfaceAddress[] | undefined>>,
  listenHost = '0.0.0.0',
): OwnAddress[] {
  const isAny = listenHost === '0.0.0.0' || listenHost === '::' || listenHost === '';
  return Object.values(interfaces).flatMap((addresses = []) => {
    const own = addresses.find(
      ({ family, internal, address }) => family === 'IPv4' && !internal && (isAny || address === listenHost),
    );
    return own ? [{ address: own.address, netmask: own.netmask }] : [];
  });
}
