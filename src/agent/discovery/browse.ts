import { networkInterfaces } from 'node:os';
import createMdns from 'multicast-dns';
import * as v from 'valibot';
import { systemClock, type Clock } from '@shared/clock';
import { labelOf, parseTxt, SERVICE_TYPE, type Announcement } from '@shared/discovery/announcement';
import {
  isInNetwork,
  MdnsLinks,
  type MdnsLink,
  type MdnsLinksOptions,
  type MdnsPacket,
} from '@shared/discovery/mdns-links';
import { linkAddresses, socketOpener } from '@shared/discovery/mdns-socket';

/** A hub announced on the network. All fields are unauthenticated. */
export interface HubOnNetwork extends Announcement {
  name: string;
  /** An address in one of this machine's networks. */
  address: string;
  port: number;
}

export interface BrowseOptions extends Partial<Pick<MdnsLinksOptions, 'open' | 'ownAddresses'>> {
  forMs: number;
  /** Which hubs to collect; all when absent. Others take no room. */
  wants?: ((hub: HubOnNetwork) => boolean) | undefined;
  clock?: Clock | undefined;
  signal?: AbortSignal | undefined;
}

export interface Browsed {
  hubs: HubOnNetwork[];
  /** Why no network could be searched; null when at least one could. */
  problem: Error | null;
}

/** More hubs than a person can choose from; also bounds a flood of fake ones. */
const MAX_HUBS = 32;
/** More hubs than one machine runs. */
const MAX_AT_ADDRESS = 4;
const ASK_AT_MS = [0, 500, 1_500];

const srvData = v.object({
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  target: v.pipe(v.string(), v.maxLength(255)),
});
const txtData = v.pipe(v.array(v.instance(Uint8Array)), v.maxLength(64));
const ipv4 = v.pipe(v.string(), v.ipv4());

/**
 * Searches this machine's networks for hubs and collects the answers that arrive in time. Two answers that differ in
 * name, key, certificate, address or port are two hubs: one of them may be forged, so neither replaces the other.
 */
export async function browseHubs(options: BrowseOptions): Promise<Browsed> {
  const { forMs, wants = () => true, clock = systemClock, signal } = options;
  const found = new FoundHubs();
  let problem: Error | null = null;
  let isAsked = false;
  const links = new MdnsLinks({
    open:
      options.open ??
      socketOpener(createMdns, (thrown) => {
        problem = thrown instanceof Error ? thrown : new Error(String(thrown));
      }),
    ownAddresses: options.ownAddresses ?? (() => linkAddresses(networkInterfaces())),
    response(link, packet, from) {
      for (const hub of hubsIn(link, packet)) {
        if (wants(hub)) found.add(hub, from.address === hub.address);
      }
    },
  });
  links.refresh();
  const ask = (): void => {
    for (const { socket } of links.links) {
      socket.query({ questions: [{ name: SERVICE_TYPE, type: 'PTR' }] }, (error) => {
        if (error) problem = error;
        else isAsked = true;
      });
    }
  };
  const cancels = ASK_AT_MS.filter((at) => at < forMs).map((at) => clock.after(at, ask));
  await new Promise<void>((resolve) => {
    cancels.push(clock.after(forMs, resolve));
    const stop = (): void => resolve();
    signal?.addEventListener('abort', stop, { once: true });
    cancels.push(() => signal?.removeEventListener('abort', stop));
  });
  for (const cancel of cancels) cancel();
  links.dispose();
  problem ??= links.problem;
  return {
    hubs: found.all(),
    problem: isAsked ? null : (problem ?? new Error('this machine is on no network')),
  };
}

/** The answers so far: few for each address, and those first that came from the address that they announce. */
class FoundHubs {
  readonly #hubs = new Map<string, { hub: HubOnNetwork; isOfSender: boolean }>();

  all(): HubOnNetwork[] {
    return [...this.#hubs.values()].map(({ hub }) => hub);
  }

  add(hub: HubOnNetwork, isOfSender: boolean): void {
    const { name, keyId, fingerprint, address, port } = hub;
    const identity = JSON.stringify([name, keyId, fingerprint, address, port]);
    const before = this.#hubs.get(identity);
    if (before === undefined && !this.#makeRoom(address, isOfSender)) return;
    this.#hubs.set(identity, { hub, isOfSender: isOfSender || before?.isOfSender === true });
  }

  #makeRoom(address: string, isOfSender: boolean): boolean {
    const here = [...this.#hubs].filter(([, { hub }]) => hub.address === address);
    const rivals = here.length >= MAX_AT_ADDRESS ? here : [...this.#hubs];
    if (here.length < MAX_AT_ADDRESS && this.#hubs.size < MAX_HUBS) return true;
    const [worst] = rivals.filter(([, rival]) => isOfSender && !rival.isOfSender);
    return worst !== undefined && this.#hubs.delete(worst[0]);
  }
}

/** The hubs in one answer. A hub sends everything about itself in one packet. */
function* hubsIn(link: MdnsLink, { answers = [], additionals = [] }: MdnsPacket): Iterable<HubOnNetwork> {
  const records = [...answers, ...additionals].slice(0, 256);
  const dataOf = (type: string, name: string): unknown[] =>
    records
      .filter((one) => one.type === type && one.ttl !== 0 && one.name.toLowerCase() === name.toLowerCase())
      .map(({ data }) => data);
  for (const { name, type, ttl } of records) {
    if (type !== 'SRV' || ttl === 0) continue;
    const label = labelOf(name);
    const srv = dataOf('SRV', name).find((data) => v.is(srvData, data));
    const txt = dataOf('TXT', name).find((data) => v.is(txtData, data));
    const announcement = txt ? parseTxt(txt) : null;
    if (label === null || !srv || !announcement) continue;
    // A hub on this network would never announce an address in another network.
    const address = dataOf('A', srv.target).find(
      (data): data is string => v.is(ipv4, data) && isInNetwork(data, link.own),
    );
    if (address !== undefined) yield { ...announcement, name: label, address, port: srv.port };
  }
}
