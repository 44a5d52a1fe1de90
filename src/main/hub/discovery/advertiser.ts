import type { Clock } from '@shared/clock';
import type { Unsubscribe } from '@shared/disposable';
import { instanceLabel } from '@shared/discovery/announcement';
import {
  MdnsLinks,
  type MdnsLink,
  type MdnsLinksOptions,
  type MdnsPacket,
  type MdnsPeer,
} from '@shared/discovery/mdns-links';
import { TokenBucket } from '@shared/token-bucket';
import { Records, type Advertised } from './records';

const MDNS_PORT = 5353;
const PROBES = 3;
const PROBE_EVERY_MS = 250;
const ANNOUNCE_AGAIN_MS = 1_000;
/** A record is multicast at most once a second per link (RFC 6762 section 6). */
const ANSWER_EVERY_MS = 1_000;
const LEGACY_PER_SEC = 20;
const GOODBYE_MS = 200;
const FOLLOW_LINKS_EVERY_MS = 5_000;
/** From this number on, the name is kept despite conflicts, because somebody is interfering. */
const MAX_ATTEMPTS = 10;
/**
 * Renames: so many at once, and then one a minute. Beyond that, a hub that has a name keeps it, and one that is asking
 * for a name rests before it asks for the next one (RFC 6762 section 8.1).
 */
const RENAMES_BURST = 3;
const RENAMES_PER_SEC = 1 / 60;
const REST_MS = 5_000;
/** How long a hub with a numbered name waits before it asks whether its own name is free again; doubles each time. */
const RECLAIM_MS = 15_000;
const RECLAIM_CAP_MS = 10 * 60_000;

export interface AdvertiserOptions extends Pick<MdnsLinksOptions, 'open' | 'ownAddresses'> {
  advertised: Advertised;
  clock: Clock;
  /** The hub is now announced under this name. */
  onName(name: string): void;
  /** The hub cannot be announced; `null` once it can again. */
  onProblem(problem: Error | null): void;
}

/**
 * Announces one hub by multicast DNS: claims a free name, announces it, answers queries, and sends a goodbye. If another
 * host has the name, a number is added to it. As anybody can claim a name in one packet, the hub keeps asking whether
 * its own name is free, and takes it back when nobody answers for it.
 */
export class Advertiser {
  readonly #options: AdvertiserOptions;
  readonly #links: MdnsLinks;
  readonly #legacy: TokenBucket;
  readonly #answeredAt = new WeakMap<MdnsLink, number>();
  /** Links on which an answer is pending. */
  readonly #due = new Set<MdnsLink>();
  readonly #pending = new Set<Unsubscribe>();
  #stopFollowing: Unsubscribe = () => {};
  readonly #renames: TokenBucket;
  #attempt = 1;
  #isProbing = true;
  #isResting = false;
  /** Whether somebody answered for the hub's own name while it was being asked for; null when it is not. */
  #isOwnNameTaken: boolean | null = null;
  #reclaimMs = RECLAIM_MS;
  #cancelReclaim: Unsubscribe = () => {};
  #isDone = false;

  constructor(options: AdvertiserOptions) {
    this.#options = options;
    this.#legacy = new TokenBucket(LEGACY_PER_SEC, LEGACY_PER_SEC, options.clock.monotonic());
    this.#renames = new TokenBucket(RENAMES_PER_SEC, RENAMES_BURST, options.clock.monotonic());
    this.#links = new MdnsLinks({
      open: options.open,
      ownAddresses: options.ownAddresses,
      query: (link, packet, from) => this.#answer(link, packet, from),
      response: (link, packet) => this.#hear(link, packet),
    });
  }

  start(): void {
    this.#links.refresh();
    this.#probe(PROBES);
    this.#stopFollowing = this.#options.clock.every(FOLLOW_LINKS_EVERY_MS, () => {
      const added = this.#links.refresh();
      if (!this.#isProbing) for (const link of added) this.#announce(link);
      if (this.#links.links.length === 0) this.#complain();
    });
  }

  /** Sends the goodbye and stops. */
  async stop(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#stopFollowing();
    this.#cancelReclaim();
    for (const cancel of this.#pending) cancel();
    if (!this.#isProbing) {
      await Promise.all(
        this.#links.links.map(
          (link) =>
            new Promise<void>((resolve) => {
              this.#options.clock.after(GOODBYE_MS, resolve);
              link.socket.respond(this.#records(link).announcement(0), null, () => resolve());
            }),
        ),
      );
    }
    this.#links.dispose();
  }

  #probe(left: number): void {
    if (this.#isDone) return;
    if (left === 0) {
      this.#isProbing = false;
      this.#options.onName(instanceLabel(this.#options.advertised.name, this.#attempt));
      this.#announceAll();
      this.#after(ANNOUNCE_AGAIN_MS, () => this.#announceAll());
      this.#reclaimLater();
      return;
    }
    this.#isProbing = true;
    this.#isResting = false;
    this.#askFor(this.#attempt);
    this.#after(PROBE_EVERY_MS, () => this.#probe(left - 1));
  }

  #askFor(attempt: number): void {
    for (const link of this.#links.links) {
      const { instance } = this.#records(link, attempt);
      link.socket.query({ questions: [{ name: instance, type: 'ANY' }] }, () => {});
    }
  }

  /** While the name has a number, asks from time to time whether the one without is free. */
  #reclaimLater(): void {
    this.#cancelReclaim();
    if (this.#attempt === 1) {
      this.#reclaimMs = RECLAIM_MS;
      return;
    }
    this.#cancelReclaim = this.#options.clock.after(this.#reclaimMs, () => {
      this.#reclaimMs = Math.min(RECLAIM_CAP_MS, 2 * this.#reclaimMs);
      this.#isOwnNameTaken = false;
      this.#reclaim(PROBES);
    });
  }

  /** Asks for the hub's own name, while it goes on under the other one. */
  #reclaim(left: number): void {
    if (this.#isDone || this.#isOwnNameTaken === null) return;
    if (this.#isOwnNameTaken) {
      this.#isOwnNameTaken = null;
      this.#reclaimLater();
    } else if (left > 0) {
      this.#askFor(1);
      this.#cancelReclaim = this.#options.clock.after(PROBE_EVERY_MS, () => this.#reclaim(left - 1));
    } else {
      this.#isOwnNameTaken = null;
      for (const link of this.#links.links) {
        link.socket.respond(this.#records(link).announcement(0), null, () => {});
      }
      this.#rename(1);
    }
  }

  #announceAll(): void {
    if (this.#isProbing) return;
    const { links } = this.#links;
    if (links.length === 0) this.#complain();
    for (const link of links) this.#announce(link);
  }

  #announce(link: MdnsLink): void {
    this.#answeredAt.set(link, this.#options.clock.monotonic());
    link.socket.respond(this.#records(link).announcement(), null, (error) => {
      if (!this.#isDone) this.#options.onProblem(error);
    });
  }

  #answer(link: MdnsLink, query: MdnsPacket, from: MdnsPeer): void {
    if (this.#isDone || this.#isProbing) return;
    const { clock } = this.#options;
    const records = this.#records(link);
    if (from.port !== MDNS_PORT) {
      const answer = this.#legacy.take(1, clock.monotonic()) ? records.legacyAnswer(query) : null;
      if (answer) link.socket.respond(answer, from, () => {});
      return;
    }
    const answer = records.answer(query);
    if (!answer || this.#due.has(link)) return;
    // Queries within a second of an answer wait for the next one, so a flood of queries gets at most one answer per
    // second.
    const answeredAt = this.#answeredAt.get(link) ?? -Infinity;
    const waitMs = Math.max(0, answeredAt + ANSWER_EVERY_MS - clock.monotonic());
    this.#due.add(link);
    this.#after(waitMs, () => {
      this.#due.delete(link);
      this.#answeredAt.set(link, clock.monotonic());
      // Queries that arrive while waiting may ask for something else, so all records are sent.
      link.socket.respond(waitMs === 0 ? answer : this.#records(link).announcement(), null, () => {});
    });
  }

  /** Handles another host's packet: checks whether it claims the name that this hub wants or has. */
  #hear(link: MdnsLink, packet: MdnsPacket): void {
    if (this.#isDone) return;
    if (this.#isOwnNameTaken === false && this.#records(link, 1).isContradictedBy(packet)) {
      this.#isOwnNameTaken = true;
    }
    if (this.#isResting || this.#attempt >= MAX_ATTEMPTS || !this.#records(link).isContradictedBy(packet))
      return;
    const isOften = !this.#renames.take(1, this.#options.clock.monotonic());
    if (!isOften || this.#isProbing) this.#rename(this.#attempt + 1, isOften ? REST_MS : 0);
  }

  #rename(attempt: number, restMs = 0): void {
    this.#attempt = attempt;
    this.#isOwnNameTaken = null;
    this.#cancelReclaim();
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
    this.#due.clear();
    this.#isResting = restMs > 0;
    if (restMs > 0) this.#after(restMs, () => this.#probe(PROBES));
    else this.#probe(PROBES);
  }

  #records(link: MdnsLink, attempt = this.#attempt): Records {
    return new Records(this.#options.advertised, link.own.address, attempt);
  }

  #complain(): void {
    this.#options.onProblem(this.#links.problem ?? new Error('this machine is on no network'));
  }

  #after(delayMs: number, run: () => void): void {
    const cancel = this.#options.clock.after(delayMs, () => {
      this.#pending.delete(cancel);
      run();
    });
    this.#pending.add(cancel);
  }
}
