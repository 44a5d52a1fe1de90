const REPORT_EVERY_MS = 1_000;

/**
 * Decides when to report backlog progress to the hub: once a second while there is a backlog, and when it is done.
 */
export class BacklogProgress {
  readonly #send: (remaining: number, total: number) => void;
  #total = 0;
  #reportedAt = -Infinity;
  #stopped = false;

  constructor(send: (remaining: number, total: number) => void) {
    this.#send = send;
  }

  /** `remaining`: backlog rows that the hub has not confirmed. `now` is monotonic, ms. */
  update(remaining: number, now: number): void {
    if (this.#stopped || (remaining === 0 && this.#total === 0)) return;
    if (remaining > 0 && now - this.#reportedAt < REPORT_EVERY_MS) return;
    this.#total = Math.max(this.#total, remaining);
    this.#reportedAt = now;
    this.#send(remaining, this.#total);
    if (remaining === 0) this.#total = 0;
  }

  /** Called when the hub does not know this message. */
  stop(): void {
    this.#stopped = true;
  }
}
