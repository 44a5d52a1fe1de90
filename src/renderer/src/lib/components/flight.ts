/**
 * A list scrolls fast if it passes one screen in this time or less, ms; it has stopped if a screen takes twice as long.
 */
const SCREEN_MS = 200;
/**
 * A flight ends after no movement for this long, ms. A move after a longer rest is a jump and counts only if it
 * continues.
 */
const REST_MS = 120;
/** The distance before scrolling counts as a flight, in screens: paging is not a flight, however fast it is. */
const LEAST_SCREENS = 1;

/**
 * Detects that a list scrolls too fast to be read, for example while its scrollbar is dragged. Cells built then would
 * be gone before they were seen, and building them would slow the scrolling.
 */
export class Flight {
  readonly #onlanded: () => void;
  #top = 0;
  #movedAt = -Infinity;
  /** The number of screens passed quickly in a row. */
  #flown = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(onlanded: () => void) {
    this.#onlanded = onlanded;
  }

  get isUnderWay(): boolean {
    return this.#rest !== undefined;
  }

  /** Takes in the list's scroll position and the height of its viewport, CSS pixels. */
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
