/** Seconds of the rate that may be saved up while nothing was due. */
const BURST_S = 0.25;
/** Whatever live rows take, backlog gets this share of its rate, or it would never end. */
const LEAST_SHARE = 0.2;

/** Spreads backlog over time: so many units a second, less what live rows take of it. */
export class Pace {
  readonly #perMs: number;
  #tokens: number;
  #live = 0;
  #at: number;

  /** `now` is monotonic, ms. */
  constructor(perSecond: number, now: number) {
    this.#perMs = perSecond / 1_000;
    this.#tokens = perSecond * BURST_S;
    this.#at = now;
  }

  /** Units that backlog may take now; a last piece may be larger and is waited for afterwards. */
  available(now: number): number {
    const gained = (now - this.#at) * this.#perMs;
    this.#at = now;
    this.#tokens = Math.min(
      this.#perMs * 1_000 * BURST_S,
      this.#tokens + Math.max(gained * LEAST_SHARE, gained - this.#live),
    );
    this.#live = 0;
    return this.#tokens;
  }

  spend(units: number): void {
    this.#tokens -= units;
  }

  spendLive(units: number): void {
    this.#live += units;
  }
}
