import type { Series } from './series';

/** A series that was silent for this long gives way to a new one if there is no room, ms. */
const LONG_SILENT_MS = 60 * 60_000;

/**
 * The resting series of one device: they have been silent for long (a bridge or a container that is gone) or were not
 * heard since the hub started, and other series needed their room. They do not count towards the limits.
 */
export class RestingSeries {
  readonly #resting = new Set<Series>();
  /** The sum of all clock changes since the hub started, ms. */
  #steppedMs = 0;
  /** No series will have been silent for long before this time, ms since the epoch. */
  #noneBefore = Number.NEGATIVE_INFINITY;

  get size(): number {
    return this.#resting.size;
  }

  all(): Iterable<Series> {
    return this.#resting;
  }

  has(series: Series): boolean {
    return this.#resting.has(series);
  }

  rest(series: Series): void {
    this.#resting.add(series);
  }

  wake(series: Series): void {
    this.#resting.delete(series);
  }

  declared(series: Series, now: number): void {
    series.declaredAt = now - this.#steppedMs;
  }

  /** Call when the clock was set; `stepMs` is negative if it was set back. */
  clockSet(stepMs: number): void {
    this.#steppedMs += stepMs;
    this.#noneBefore = Number.NEGATIVE_INFINITY;
  }

  /**
   * Returns the series that has been silent longest, if that is long enough; otherwise null. While all series of the
   * device are active, repeated calls cost nothing.
   */
  longestSilent(among: Iterable<Series>, now: number): Series | null {
    const isOfResting = among === this.#resting;
    if (!isOfResting && now < this.#noneBefore) return null;
    let longest: Series | null = null;
    let heardAt = Number.POSITIVE_INFINITY;
    for (const series of among) {
      if (!isOfResting && this.#resting.has(series)) continue;
      const at = this.#heardAt(series);
      if (longest !== null && at >= heardAt) continue;
      longest = series;
      heardAt = at;
    }
    if (longest && heardAt <= now - LONG_SILENT_MS) return longest;
    // A clock that was set back must not prevent another search.
    if (!isOfResting && longest) this.#noneBefore = Math.min(heardAt, now) + LONG_SILENT_MS;
    return null;
  }

  #heardAt(series: Series): number {
    let at = series.declaredAt + this.#steppedMs;
    for (const { sheet } of series.places) if (sheet.newestTime > at) at = sheet.newestTime;
    return at;
  }
}
