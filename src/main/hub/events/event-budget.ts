import type { Clock } from '@shared/clock';
import type { Limits } from '@shared/protocol/limits';
import { refusedAddress } from '../bounds/refused-client';
import type { RefusedCounter } from '../bounds/refused-counter';
import { AddressBuckets } from '../bounds/address-buckets';
import { TokenBucket } from '@shared/token-bucket';

/** All devices together may cause this many times as many events as one device. */
const DEVICES_AT_ONCE = 40;
const BURST_S = 10;
/** The most devices whose dropped events are counted separately. */
const MAX_COUNTED = 1_024;

/**
 * Limits the events that devices may cause, each and in total: texts that they send, and connects and disconnects. So
 * no device can push other events out of the log or fill the disk with text.
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

  /**
   * Returns false when an event of this device must be dropped. The drop is counted as refused unless the sender gets
   * a notice.
   */
  take(device: string, isNoticed = false): boolean {
    const now = this.#clock.monotonic();
    if (this.#each.take(device, now) && this.#all.take(1, now)) return true;
    if (!isNoticed) this.#refused.add('TOO_MANY_EVENTS', { ...refusedAddress(null), device });
    const count = this.#leftOut.get(device);
    if (count !== undefined || this.#leftOut.size < MAX_COUNTED) this.#leftOut.set(device, (count ?? 0) + 1);
    return false;
  }

  /** Returns how many events were dropped since the last call. */
  leftOut(device: string): number {
    const count = this.#leftOut.get(device) ?? 0;
    this.#leftOut.delete(device);
    return count;
  }
}
