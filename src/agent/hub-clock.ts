import type { Clock } from '@shared/clock';

/** A clock difference below this cannot be told from network jitter. */
const NOISE_MS = 10;
/** Between two looks, a smaller change of the local clock is slewing, which makes it more exact, or a late reading. */
const STEP_MS = 50;
/** A larger one is either noticed by the watched clock, or the machine slept. */
const MOST_STEP_MS = 1_000.5;
/** Clocks are read again if reading them took longer than this. */
const TOGETHER_MS = 5;
const READ_AGAIN = 3;

/**
 * Converts this machine's time to the hub's. The offset is estimated from the welcome of each connection, assuming that
 * the hub read its clock half-way between our hello and its answer, and again whenever the hub says that its clock was
 * set. It stays correct when the local clock is set, whether the watched clock notices that (`steppedMs`) or the change
 * is too small for it: then a comparison with the monotonic clock shows it, at each `look`.
 */
export class HubClock {
  /** How often to call `look`. */
  static readonly LOOK_EVERY_MS = 500;

  readonly #clock: Pick<Clock, 'now' | 'monotonic' | 'steppedMs'>;
  #estimateMs = 0;
  /** By how much the local clock had been set when the estimate was made. */
  #steppedMs = 0;
  /** The sum of the small steps since then. */
  #smallStepsMs = 0;
  /** The local time minus the monotonic one and all steps, at the last look. */
  #base: number;
  #noiseMs = NOISE_MS;
  #known = false;

  readonly #onSet: (byMs: number) => void;
  /** How much of `steppedMs` was told. */
  #toldMs: number;

  /**
   * `onSet` is told by how much the local clock was set, as long as no hub has sent its time: times that were taken
   * before have to follow.
   */
  constructor(
    clock: Pick<Clock, 'now' | 'monotonic' | 'steppedMs'>,
    onSet: (byMs: number) => void = () => {},
  ) {
    this.#clock = clock;
    this.#onSet = onSet;
    this.#toldMs = clock.steppedMs;
    this.#base = this.#readBase();
  }

  /** Whether a hub has sent its time. */
  get known(): boolean {
    return this.#known;
  }

  /** Hub time minus local time. */
  get offsetMs(): number {
    return this.#estimateMs - (this.#clock.steppedMs - this.#steppedMs) - this.#smallStepsMs;
  }

  /** `hubTime` is the time in the welcome; `roundTripMs` is the time from sending hello to receiving the welcome. */
  welcome(hubTime: number, roundTripMs: number): void {
    this.follow();
    this.#known = true;
    this.#noiseMs = Math.max(NOISE_MS, roundTripMs / 2);
    this.#estimate(hubTime + roundTripMs / 2);
  }

  /** The hub's clock was set and says `hubTime` now. */
  set(hubTime: number): void {
    this.follow();
    this.#known = true;
    this.#estimate(hubTime);
  }

  /** Notices whether the local clock was set by much before a hub was met. */
  follow(): void {
    // Reading the clock comes first, because only then does it notice that it was set.
    this.#clock.now();
    const byMs = this.#clock.steppedMs - this.#toldMs;
    this.#toldMs = this.#clock.steppedMs;
    if (byMs !== 0 && !this.#known) this.#onSet(byMs);
  }

  /** Notices whether the local clock was set by little. */
  look(): void {
    const base = this.#readBase();
    const changeMs = base - this.#base;
    this.#base = base;
    if (Math.abs(changeMs) >= STEP_MS && Math.abs(changeMs) <= MOST_STEP_MS) this.#smallStepsMs += changeMs;
  }

  /** `localTime` has just been read. */
  toHub(localTime: number): number {
    this.look();
    return Math.round(localTime + this.offsetMs);
  }

  #estimate(hubNow: number): void {
    // Reading the clock comes first, because only then does it notice that it was set.
    const offset = hubNow - this.#clock.now();
    this.look();
    this.#steppedMs = this.#clock.steppedMs;
    this.#smallStepsMs = 0;
    this.#estimateMs = Math.abs(offset) <= this.#noiseMs ? 0 : Math.round(offset);
  }

  #readBase(): number {
    for (let i = 0; ; i++) {
      const before = this.#clock.monotonic();
      const now = this.#clock.now();
      const after = this.#clock.monotonic();
      if (after - before <= TOGETHER_MS || i >= READ_AGAIN) return now - before - this.#clock.steppedMs;
    }
  }
}
