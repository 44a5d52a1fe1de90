/** How many seconds of unused rate may accumulate. */
const BURST_S = 0.25;
/** The backlog always gets at least this share of its rate, or it would never end. */
const LEAST_SHARE = 0.2;

/** Spreads backlog over time: a number of units per second, minus what live rows use. */
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

  /** Units that the backlog may use now. A last piece may be larger; the excess is waited for afterwards. */
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
