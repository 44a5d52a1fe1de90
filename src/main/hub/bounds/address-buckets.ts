import { BoundedMap } from '@shared/bounded-map';
import { crowdKey, isLinkLocal, limitKey, LINK_LOCAL_SHARES } from './peer-address';
import { TokenBucket } from '@shared/token-bucket';

/** The most addresses remembered; the one quiet for longest is dropped and starts over with a full bucket. */
const MAX_ADDRESSES = 4_096;
const BURST = 10;

/**
 * A token bucket for each address, or IPv6 network: `ratePerSec` sustained, ten times that at once. Link-local addresses
 * together have a few times that.
 */
export class AddressBuckets {
  readonly #ratePerSec: number;
  readonly #buckets = new BoundedMap<string, TokenBucket>(MAX_ADDRESSES);

  constructor(ratePerSec: number) {
    this.#ratePerSec = ratePerSec;
  }

  /** Takes one token at monotonic time `now`, ms; false when the address has none left. */
  take(address: string, now: number): boolean {
    if (!this.#take(limitKey(address), this.#ratePerSec, now)) return false;
    return !isLinkLocal(address) || this.#take(crowdKey(address), LINK_LOCAL_SHARES * this.#ratePerSec, now);
  }

  #take(key: string, ratePerSec: number, now: number): boolean {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(ratePerSec, ratePerSec * BURST, now);
    this.#buckets.set(key, bucket);
    return bucket.take(1, now);
  }
}
