import type {
  MdnsListener,
  MdnsPacket,
  MdnsPeer,
  MdnsSocket,
  OwnAddress,
} from '@shared/discovery/mdns-links';

export interface SentPacket {
  kind: 'query' | 'response';
  packet: MdnsPacket;
  to: MdnsPeer | null;
}

/** A network on which the test plays all other machines. */
export class FakeMdns {
  readonly sent: SentPacket[] = [];
  addresses: OwnAddress[] = [{ address: '192.168.1.20', netmask: '255.255.255.0' }];
  /** The error with which every packet fails. */
  error: Error | null = null;
  readonly #listeners = new Map<string, MdnsListener>();

  readonly open = (address: string, listener: MdnsListener): MdnsSocket => {
    this.#listeners.set(address, listener);
    return {
      query: (packet, sent) => this.#send({ kind: 'query', packet, to: null }, sent),
      respond: (packet, to, sent) => this.#send({ kind: 'response', packet, to }, sent),
      destroy: () => this.#listeners.delete(address),
    };
  };

  readonly ownAddresses = (): OwnAddress[] => this.addresses;

  /** Sends a query from another machine; by default from port 5353, as multicast DNS does. */
  ask(name: string, type = 'PTR', from: Partial<MdnsPeer> = {}, id = 7): void {
    const peer = { address: '192.168.1.53', port: 5353, ...from };
    for (const listener of this.#listeners.values())
      listener.query({ id, questions: [{ name, type }] }, peer);
  }

  answer(packet: MdnsPacket, from: Partial<MdnsPeer> = {}): void {
    const peer = { address: '192.168.1.53', port: 5353, ...from };
    for (const listener of this.#listeners.values()) listener.response(packet, peer);
  }

  fail(error: Error): void {
    for (const listener of [...this.#listeners.values()]) listener.failed(error);
  }

  get openCount(): number {
    return this.#listeners.size;
  }

  /** Returns the packets sent since the last call. */
  take(kind: SentPacket['kind']): SentPacket[] {
    const all = this.sent.splice(0);
    return all.filter((one) => one.kind === kind);
  }

  #send(one: SentPacket, sent: (error: Error | null) => void): void {
    this.sent.push(one);
    sent(this.error);
  }
}
