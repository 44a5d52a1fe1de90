import type { Clock } from '@shared/clock';

/** The wait after a failure; doubles each time, until the disk has worked for as long as the longest wait. */
const RETRY_MS = 60_000;
const RETRY_CAP_MS = 3_600_000;

/** Decides whether to use the disk: always until it fails, and then again from time to time. */
export class DiskTrust {
  readonly #clock: Clock;
  #works = true;
  #since: number;
  #retryMs = RETRY_MS;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  get works(): boolean {
    return this.#works;
  }

  /** Whether the failure was long enough ago to try again. */
  get isDue(): boolean {
    return !this.#works && this.#clock.monotonic() - this.#since >= this.#retryMs;
  }

  failed(): void {
    const now = this.#clock.monotonic();
    if (!this.#works) this.#retryMs = Math.min(RETRY_CAP_MS, this.#retryMs * 2);
    else if (now - this.#since >= RETRY_CAP_MS) this.#retryMs = RETRY_MS;
    this.#works = false;
    this.#since = now;
  }

  recovered(): void {
    this.#works = true;
    this.#since = this.#clock.monotonic();
    // A disk that accepts a file but then no row would otherwise be tried, and logged, every minute.
    this.#retryMs = Math.min(RETRY_CAP_MS, this.#retryMs * 2);
  }
}
