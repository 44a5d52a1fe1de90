import type { Clock } from './clock';
import type { Unsubscribe } from './disposable';

/** The clock was set: where it said `from`, it now says `to`, both ms since the epoch. */
export interface ClockStep {
  from: number;
  to: number;
  /** `to - from`: forward, or back when negative. */
  stepMs: number;
}

/** Smaller differences are ignored: they come from a clock that is slewed, or from reading two clocks in turn. */
const STEP_MS = 1_000;
/** Shorter sleep cannot be detected, because the uptime may count whole seconds. */
const ASLEEP_MS = 1_500;
const LOOK_EVERY_MS = 1_000;
/** Readings of two clocks are compared only if reading them took at most this long. */
const TOGETHER_MS = 20;
const READ_AGAIN = 3;

/**
 * A clock that notices when the wall clock was set, by comparing it with the monotonic one at each reading. It does not
 * mistake sleep for that: the uptime continues while the machine sleeps, but the monotonic clock stands still.
 */
export class WatchedClock implements Clock {
  readonly #clock: Clock;
  readonly #uptimeMs: () => number;
  #steppedMs = 0;
  #wall: number;
  #monotonic: number;
  #uptime: number;
  #listener: ((step: ClockStep) => void) | null = null;

  /** `uptimeMs`: ms since the system started, including time asleep. */
  constructor(clock: Clock, uptimeMs: () => number) {
    this.#clock = clock;
    this.#uptimeMs = uptimeMs;
    this.#wall = clock.now();
    this.#monotonic = clock.monotonic();
    this.#uptime = uptimeMs();
  }

  get steppedMs(): number {
    return this.#steppedMs;
  }

  now(): number {
    const wall = this.#clock.now();
    const expected = this.#wall + this.#clock.monotonic() - this.#monotonic;
    return Math.abs(wall - expected) > STEP_MS ? this.#look() : wall;
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(delayMs: number, run: () => void): Unsubscribe {
    return this.#clock.after(delayMs, run);
  }

  every(periodMs: number, run: () => void): Unsubscribe {
    return this.#clock.every(periodMs, run);
  }

  /** Checks once a second. Calls back soon after the clock was set, but never from within a reading of it. */
  watch(onSet: (step: ClockStep) => void): Unsubscribe {
    this.#listener = onSet;
    const stop = this.#clock.every(LOOK_EVERY_MS, () => this.#look());
    return () => {
      this.#listener = null;
      stop();
    };
  }

  /** Compares the clocks. Returns the wall clock's time. */
  #look(): number {
    const { wall, monotonic } = this.#readTogether();
    const uptime = this.#uptimeMs();
    const passedMs = monotonic - this.#monotonic;
    const asleepMs = uptime - this.#uptime - passedMs;
    const stepMs = Math.round(wall - this.#wall - passedMs - (asleepMs > ASLEEP_MS ? asleepMs : 0));
    this.#wall = wall;
    this.#monotonic = monotonic;
    this.#uptime = uptime;
    if (Math.abs(stepMs) > STEP_MS) {
      this.#steppedMs += stepMs;
      this.#clock.after(0, () => this.#listener?.({ from: wall - stepMs, to: wall, stepMs }));
    }
    return wall;
  }

  /** Reads again if the process was interrupted between the two readings, which would look like a step. */
  #readTogether(): { wall: number; monotonic: number } {
    for (let i = 0; ; i++) {
      const before = this.#clock.monotonic();
      const wall = this.#clock.now();
      const monotonic = this.#clock.monotonic();
      if (monotonic - before <= TOGETHER_MS || i >= READ_AGAIN) return { wall, monotonic };
    }
  }
}
