import { BoundedMap } from '@shared/bounded-map';
import type { Clock } from '@shared/clock';
import type { Limits } from '@shared/protocol/limits';
import { isLocalhost, limitKey } from './peer-address';

/** The most addresses remembered; beyond it the one quiet for longest is forgiven. */
const MAX_ADDRESSES = 1_024;
/** An address that was not cut off for this long starts over, ms. */
const FORGIVEN_AFTER_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
/**
 * All programs on this machine share one address, including the hub's own agent, so it is never refused for longer.
 */
const LONGEST_LOOPBACK_WAIT_MS = 1_000;

/** Why a connection was cut off. */
export type Strike = 'flood' | 'broken frame';

interface Standing {
  strikes: number;
  strikeAt: number;
  waitUntil: number;
}

/**
 * Addresses whose connections were cut off for floods, broken frames, or blocking others. If such an address
 * reconnects it is refused before any work is done, each time for twice as long. The first few times are free: a
 * device may have a bad minute, and others may share the address. Open connections stay open.
 */
export class Penalties {
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #records = new BoundedMap<string, Standing>(MAX_ADDRESSES);

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Records that a connection of this address was cut off. */
  strike(address: string, why: Strike = 'flood'): void {
    // A broken frame costs the sender its connection and others nothing. Somebody who tries out a client on this
    // machine must not lock out its other programs and its owner's browser.
    if (why === 'broken frame' && isLocalhost(address)) return;
    const now = this.#clock.monotonic();
    const key = limitKey(address);
    const known = this.#records.get(key);
    const isForgiven = !known || now - known.strikeAt > FORGIVEN_AFTER_MS;
    const record = isForgiven ? { strikes: 0, strikeAt: now, waitUntil: 0 } : known;
    record.strikes++;
    record.strikeAt = now;
    const beyond = record.strikes - this.#limits.freeStrikes;
    if (beyond > 0) {
      const longest = isLocalhost(address) ? LONGEST_LOOPBACK_WAIT_MS : this.#limits.penaltyMs;
      record.waitUntil = now + Math.min(longest, FIRST_WAIT_MS * 2 ** (beyond - 1));
    }
    this.#records.set(key, record);
  }

  /** How long the address is refused, ms; 0 when it is not. */
  waitMs(address: string): number {
    const record = this.#records.get(limitKey(address));
    return record ? Math.max(0, record.waitUntil - this.#clock.monotonic()) : 0;
  }
}
