/** A list flies by when a screen of it passes in this time or less, and has landed when one would take twice as long. */
const SCREEN_MS = 200;
/** How long nothing may move until a flight is over. What moves after a longer rest has leapt, and flies only if it goes on. */
const REST_MS = 120;
/** What passes before it counts: to leaf through pages is no flight, however briskly a browser turns them. */
const LEAST_SCREENS = 1;

/**
 * Whether a list passes too fast to be read, as when its bar is dragged or a wheel spins on: what would be built then is
 * gone before anyone saw it, and building it would keep the list from following.
 */
export class Flight {
  readonly #onlanded: () => void;
  #top = 0;
  #movedAt = -Infinity;
  /** Screens that have passed fast, one right after the other. */
  #flown = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(onlanded: () => void) {
    this.#onlanded = onlanded;
  }

  get isUnderWay(): boolean {
    return this.#rest !== undefined;
  }

  /** Where the list is now, and how much of it is in view, CSS pixels. */
  moveTo(top: number, viewHeight: number): void {
    const now = performance.now();
    const passedMs = now - this.#movedAt;
    const screens = Math.abs(top - this.#top) / Math.max(1, viewHeight);
    this.#top = top;
    this.#movedAt = now;
    const isFast = passedMs < REST_MS && screens * SCREEN_MS * (this.isUnderWay ? 2 : 1) >= passedMs;
    this.#flown = isFast ? this.#flown + screens : 0;
    clearTimeout(this.#rest);
    if (this.#flown > LEAST_SCREENS) this.#rest = setTimeout(() => this.#land(), REST_MS);
    else if (this.isUnderWay) this.#land();
  }

  dispose(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
  }

  #land(): void {
    this.#rest = undefined;
    this.#flown = 0;
    this.#onlanded();
  }
}
