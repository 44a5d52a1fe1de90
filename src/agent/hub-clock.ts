import type { Clock } from '@shared/clock';

/** A clock difference below this cannot be told from network jitter. */
const NOISE_MS = 10;

/**
 * Converts this machine's time to the hub's. The offset is estimated from the welcome of each connection, assuming that
 * the hub read its clock half-way between our hello and its answer, and again whenever the hub says that its clock was
 * set. It stays correct when the local clock is set.
 */
export class HubClock {
  readonly #clock: Pick<Clock, 'now' | 'steppedMs'>;
  #estimateMs = 0;
  /** By how much the local clock had been set when the estimate was made. */
  #steppedMs = 0;
  #noiseMs = NOISE_MS;
  #known = false;

  constructor(clock: Pick<Clock, 'now' | 'steppedMs'>) {
    this.#clock = clock;
  }

  /** Whether a hub has sent its time. */
  get known(): boolean {
    return this.#known;
  }

  /** Hub time minus local time. */
  get offsetMs(): number {
    return this.#estimateMs - (this.#clock.steppedMs - this.#steppedMs);
  }

  /** `hubTime` is the time in the welcome; `roundTripMs` is the time from sending hello to receiving the welcome. */
  welcome(hubTime: number, roundTripMs: number): void {
    this.#known = true;
    this.#noiseMs = Math.max(NOISE_MS, roundTripMs / 2);
    this.#estimate(hubTime + roundTripMs / 2);
  }

  /** The hub's clock was set and says `hubTime` now. */
  set(hubTime: number): void {
    this.#known = true;
    this.#estimate(hubTime);
  }

  toHub(localTime: number): number {
    return Math.round(localTime + this.offsetMs);
  }

  #estimate(hubNow: number): void {
    // Reading the clock comes first, because only then does it notice that it was set.
    const offset = hubNow - this.#clock.now();
    this.#steppedMs = this.#clock.steppedMs;
    this.#estimateMs = Math.abs(offset) <= this.#noiseMs ? 0 : Math.round(offset);
  }
}
