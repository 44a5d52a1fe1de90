import type { Clock } from '@shared/clock';

/** After a failure; doubled each time, until the disk has worked for as long as the longest wait. */
const RETRY_MS = 60_000;
const RETRY_CAP_MS = 3_600_000;

/** Whether the disk is worth a try: it is until it fails, and then again now and then. */
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

  /** Whether it failed long enough ago to try it again. */
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
    // A disk that takes a file and then no row in it would otherwise be tried, and logged, every minute.
    this.#retryMs = Math.min(RETRY_CAP_MS, this.#retryMs * 2);
  }
}
