import { BoundedMap } from '@shared/bounded-map';
import type { Clock } from '@shared/clock';
import type { Limits } from '@shared/protocol/limits';
import { isLoopback, limitKey } from './peer-address';

/** Addresses remembered; beyond, the one that was quiet longest is forgiven. */
const MAX_ADDRESSES = 1_024;
/** An address that was not cut off for so long starts over, ms. */
const FORGIVEN_AFTER_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
/** Programs of this machine share one address, among them the hub's own agent: they are never kept out for longer. */
const LONGEST_LOOPBACK_WAIT_MS = 1_000;

/** What a connection was cut off for. */
export type Strike = 'flood' | 'broken frame';

interface Standing {
  strikes: number;
  strikeAt: number;
  waitUntil: number;
}

/**
 * Addresses whose connections were cut off for floods, broken frames, or standing in the way of others. Whoever comes
 * back for more is refused before any work, each time for twice as long. The first few times are free: a device may have a bad minute, and others may
 * sit behind the same address. Connections that are open stay open.
 */
export class Penalties {
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #records = new BoundedMap<string, Standing>(MAX_ADDRESSES);

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** A connection of this address was cut off. */
  strike(address: string, why: Strike = 'flood'): void {
    // A broken frame costs its sender the connection and others nothing: who tries out a client on this machine is no
    // reason to keep its other programs, and its owner's browser, waiting.
    if (why === 'broken frame' && isLoopback(address)) return;
    const now = this.#clock.monotonic();
    const key = limitKey(address);
    const known = this.#records.get(key);
    const isForgiven = !known || now - known.strikeAt > FORGIVEN_AFTER_MS;
    const record = isForgiven ? { strikes: 0, strikeAt: now, waitUntil: 0 } : known;
    record.strikes++;
    record.strikeAt = now;
    const beyond = record.strikes - this.#limits.freeStrikes;
    if (beyond > 0) {
      const longest = isLoopback(address) ? LONGEST_LOOPBACK_WAIT_MS : this.#limits.penaltyMs;
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
