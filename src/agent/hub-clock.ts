/** A clock difference below this cannot be told from network jitter. */
const NOISE_MS = 10;

/**
 * Converts this machine's time to the hub's. The offset is estimated once per connection, from the welcome: it
 * assumes that the hub read its clock half-way between our hello and its answer.
 */
export class HubClock {
  readonly #now: () => number;
  #offsetMs = 0;
  #known = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether a hub has told its time. */
  get known(): boolean {
    return this.#known;
  }

  /** Hub time minus local time. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** `hubTime` is the time in the welcome; `roundTripMs` is the time from sending hello to receiving the welcome. */
  welcome(hubTime: number, roundTripMs: number): void {
    this.#known = true;
    const offset = hubTime - (this.#now() - roundTripMs / 2);
    this.#offsetMs = Math.abs(offset) <= Math.max(NOISE_MS, roundTripMs / 2) ? 0 : Math.round(offset);
  }

  /** The local clock was set forward by this much, or back when negative. */
  localStep(ms: number): void {
    this.#offsetMs -= Math.round(ms);
  }

  toHub(localTime: number): number {
    return Math.round(localTime + this.#offsetMs);
  }
}
