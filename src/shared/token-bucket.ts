/** A token bucket (RFC 2697 style, one rate): `ratePerSec` sustained, bursts up to `burst`. */
export class TokenBucket {
  readonly #ratePerMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor(ratePerSec: number, burst: number, now: number) {
    this.#ratePerMs = ratePerSec / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** Takes `count` tokens at monotonic time `now`, ms; false when there are not enough. */
  take(count: number, now: number): boolean {
    this.#fill(now);
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }

  /** Takes `count` tokens for something that already happened; returns how many are now owed, 0 for none. */
  spend(count: number, now: number): number {
    this.#fill(now);
    this.#tokens -= count;
    return Math.max(0, -this.#tokens);
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#ratePerMs);
    this.#at = now;
  }
}
