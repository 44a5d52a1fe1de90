import { BoundedMap } from '@shared/bounded-map';
import { limitKey } from './peer-address';
import { TokenBucket } from './token-bucket';

/** The most addresses remembered; the one quiet for longest is dropped and starts over with a full bucket. */
const MAX_ADDRESSES = 4_096;
const BURST = 10;

/** A token bucket for each address, or IPv6 network: `ratePerSec` sustained, ten times that at once. */
export class AddressBuckets {
  readonly #ratePerSec: number;
  readonly #buckets = new BoundedMap<string, TokenBucket>(MAX_ADDRESSES);

  constructor(ratePerSec: number) {
    this.#ratePerSec = ratePerSec;
  }

  /** Takes one token at monotonic time `now`, ms; false when the address has none left. */
  take(address: string, now: number): boolean {
    const key = limitKey(address);
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#ratePerSec, this.#ratePerSec * BURST, now);
    this.#buckets.set(key, bucket);
    return bucket.take(1, now);
  }
}
