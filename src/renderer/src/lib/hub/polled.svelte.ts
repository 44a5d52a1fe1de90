import type { Disposable } from '@shared/disposable';

const EVERY_MS = 4_000;

/**
 * A value that the hub does not push and that must be requested repeatedly: while the page is visible, and at once when
 * it becomes visible again. The last answer stays until a newer one arrives.
 */
export class Polled<T> implements Disposable {
  /** Null until the first answer. */
  value = $state.raw<T | null>(null);
  readonly #ask: () => Promise<T>;
  readonly #timer: ReturnType<typeof setInterval>;
  #question = 0;
  #shown = '';

  constructor(ask: () => Promise<T>, everyMs = EVERY_MS) {
    this.#ask = ask;
    this.#timer = setInterval(this.#askIfSeen, everyMs);
    window.addEventListener('focus', this.#askIfSeen);
    document.addEventListener('visibilitychange', this.#askIfSeen);
    void this.refresh();
  }

  /** Asks at once, for callers that know that something has changed. */
  async refresh(): Promise<void> {
    const question = ++this.#question;
    try {
      const value = await this.#ask();
      if (question !== this.#question) return;
      // An identical answer must not trigger updates on the page.
      const shown = JSON.stringify(value);
      if (this.value === null || shown !== this.#shown) this.value = value;
      this.#shown = shown;
    } catch {
      // Not connected or not allowed: keep the last value.
    }
  }

  dispose(): void {
    this.#question++;
    clearInterval(this.#timer);
    window.removeEventListener('focus', this.#askIfSeen);
    document.removeEventListener('visibilitychange', this.#askIfSeen);
  }

  readonly #askIfSeen = (): void => {
    if (!document.hidden) void this.refresh();
  };
}
