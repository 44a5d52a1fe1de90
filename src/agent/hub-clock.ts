/** Below this a difference of clocks cannot be told from an uneven network. */
const NOISE_MS = 10;

/**
 * This machine's time as the hub would say it. The offset is estimated once a connection, from the welcome: the
 * hub's clock is taken to have been read half-way between our hello and its answer.
 */
export class HubClock {
  readonly #now: () => number;
  #offsetMs = 0;
  #known = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether a hub has said what time it is. */
  get known(): boolean {
    return this.#known;
  }

  /** Hub time minus local time. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** `roundTripMs` is from sending hello to receiving welcome; `hubTime` is what the welcome says. */
  welcome(hubTime: number, roundTripMs: number): void {
    this.#known = true;
    const offset = hubTime - (this.#now() - roundTripMs / 2);
    this.#offsetMs = Math.abs(offset) <= Math.max(NOISE_MS, roundTripMs / 2) ? 0 : Math.round(offset);
  }

  /** The local clock was set forward by so much, or back when negative. */
  localStep(ms: number): void {
    this.#offsetMs -= Math.round(ms);
  }

  toHub(localTime: number): number {
    return Math.round(localTime + this.#offsetMs);
  }
}
