import type { Clock } from '@shared/clock';
import type { Limits } from '@shared/protocol/limits';
import type { RefusedCounter } from '../bounds/refused-counter';
import { AddressBuckets } from '../bounds/address-buckets';
import { TokenBucket } from '../bounds/token-bucket';

/** All devices together may cause this many times what one may. */
const DEVICES_AT_ONCE = 40;
const BURST_S = 10;
/** Devices whose left-out events are counted apart. */
const MAX_COUNTED = 1_024;

/**
 * How many events devices may cause, each and all together: text that they send, and their coming and going. Nobody can
 * push everyone's history out of the log, or fill the disk with words.
 */
export class EventBudget {
  readonly #clock: Clock;
  readonly #refused: RefusedCounter;
  readonly #each: AddressBuckets;
  readonly #all: TokenBucket;
  readonly #leftOut = new Map<string, number>();

  constructor(clock: Clock, { eventsPerSec }: Limits, refused: RefusedCounter) {
    this.#clock = clock;
    this.#refused = refused;
    this.#each = new AddressBuckets(eventsPerSec);
    const together = eventsPerSec * DEVICES_AT_ONCE;
    this.#all = new TokenBucket(together, together * BURST_S, clock.monotonic());
  }

  /** False when an event of this device is to be left out; counted as refused unless whoever sent it gets a notice. */
  take(device: string, isNoticed = false): boolean {
    const now = this.#clock.monotonic();
    if (this.#each.take(device, now) && this.#all.take(1, now)) return true;
    if (!isNoticed) this.#refused.add('TOO_MANY_EVENTS');
    const count = this.#leftOut.get(device);
    if (count !== undefined || this.#leftOut.size < MAX_COUNTED) this.#leftOut.set(device, (count ?? 0) + 1);
    return false;
  }

  /** How many were left out since this was asked last. */
  leftOut(device: string): number {
    const count = this.#leftOut.get(device) ?? 0;
    this.#leftOut.delete(device);
    return count;
  }
}
