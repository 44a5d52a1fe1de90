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

/** A hub that makes itself known on the network. All of it is what somebody there says. */
export interface HubOnNetwork extends Announcement {
  name: string;
  /** An address in a network of this machine. */
  address: string;
  port: number;
}

export interface BrowseOptions extends Partial<Pick<MdnsLinksOptions, 'open' | 'ownAddresses'>> {
  forMs: number;
  clock?: Clock | undefined;
  signal?: AbortSignal | undefined;
}

export interface Browsed {
  hubs: HubOnNetwork[];
  /** Why nobody could be asked; null when somebody could. */
  problem: Error | null;
}

/** More hubs than a person can choose from; a flood of made-up ones ends there. */
const MAX_HUBS = 32;
const ASK_AT_MS = [0, 500, 1_500];

const srvData = v.object({
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  target: v.pipe(v.string(), v.maxLength(255)),
});
const txtData = v.pipe(v.array(v.instance(Uint8Array)), v.maxLength(64));
const ipv4 = v.pipe(v.string(), v.ipv4());

/** Asks the networks of this machine for hubs, and gathers who answers within the time. */
export async function browseHubs(options: BrowseOptions): Promise<Browsed> {
  const { forMs, clock = systemClock, signal } = options;
  const found = new Map<string, HubOnNetwork>();
  let problem: Error | null = null;
  let isAsked = false;
  const links = new MdnsLinks({
    open:
      options.open ??
      socketOpener(createMdns, (thrown) => {
        problem = thrown instanceof Error ? thrown : new Error(String(thrown));
      }),
    ownAddresses: options.ownAddresses ?? (() => linkAddresses(networkInterfaces())),
    response(link, packet) {
      for (const hub of hubsIn(link, packet)) {
        // Its key tells it from somebody who took its name; over several networks it is one hub all the same.
        const identity = `${hub.keyId ?? ''} ${hub.name}`;
        if (found.size < MAX_HUBS || found.has(identity)) found.set(identity, hub);
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
    hubs: [...found.values()],
    problem: isAsked ? null : (problem ?? new Error('this machine is on no network')),
  };
}

/** The hubs of one answer: a hub sends all that is to be known of it at once. */
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
    // An address elsewhere is nothing that a hub of this network would say.
    const address = dataOf('A', srv.target).find(
      (data): data is string => v.is(ipv4, data) && isInNetwork(data, link.own),
    );
    if (address !== undefined) yield { ...announcement, name: label, address, port: srv.port };
  }
}
