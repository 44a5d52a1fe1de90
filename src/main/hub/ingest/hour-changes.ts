const HOUR_MS = 3_600_000;
/** How many samples a sample from a different hour counts as, because history is sealed and rolled up by the hour. */
const SAMPLES_A_CHANGE = 20;

/**
 * Calculates the extra cost of samples scattered over time. Samples in order change the hour once an hour. If every
 * sample of a sender is from a different hour, the store does work for each that it normally does for thousands.
 */
export class HourChanges {
  #hour = Number.NaN;

  /** Returns the cost of a sample with this time, after the earlier ones, in samples. */
  cost(time: number): number {
    const hour = Math.floor(time / HOUR_MS);
    if (hour === this.#hour) return 0;
    const isFirst = Number.isNaN(this.#hour);
    this.#hour = hour;
    return isFirst ? 0 : SAMPLES_A_CHANGE;
  }
}
