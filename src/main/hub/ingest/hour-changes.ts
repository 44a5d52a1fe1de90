const HOUR_MS = 3_600_000;
/** How many samples a sample from a different hour counts as, because history is sealed and rolled up by the hour. */
const SAMPLES_A_CHANGE = 20;

/**
 * The extra cost of samples scattered over time. Samples in order change the hour once an hour. A sender whose every
 * sample is from a different hour makes the store repeat, for one sample, work that it normally does for thousands.
 */
export class HourChanges {
  #hour = Number.NaN;

  /** The cost of a sample at this time, following the earlier ones, in samples. */
  cost(time: number): number {
    const hour = Math.floor(time / HOUR_MS);
    if (hour === this.#hour) return 0;
    const isFirst = Number.isNaN(this.#hour);
    this.#hour = hour;
    return isFirst ? 0 : SAMPLES_A_CHANGE;
  }
}
