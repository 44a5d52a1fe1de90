const HOUR_MS = 3_600_000;
/** Samples that a sample from another hour counts as: history is sealed and summed up by the hour. */
const SAMPLES_A_CHANGE = 20;

/**
 * What it costs that samples are strewn over time. In order they change the hour once an hour; somebody who sends each
 * of another hour makes the store do again for one sample what it does for thousands.
 */
export class HourChanges {
  #hour = Number.NaN;

  /** The cost of a sample of this time after those before, in samples. */
  cost(time: number): number {
    const hour = Math.floor(time / HOUR_MS);
    if (hour === this.#hour) return 0;
    const isFirst = Number.isNaN(this.#hour);
    this.#hour = hour;
    return isFirst ? 0 : SAMPLES_A_CHANGE;
  }
}
