import type { Clock } from './clock';

/**
 * A moment of this run. Its time follows when the clock is set: by what the clock is set now, it was wrong then too.
 */
export class Moment {
  readonly #clock: Pick<Clock, 'steppedMs'>;
  readonly #at: number;
  readonly #steppedMs: number;

  /** Now. */
  constructor(clock: Pick<Clock, 'now' | 'steppedMs'>) {
    this.#clock = clock;
    this.#at = clock.now();
    this.#steppedMs = clock.steppedMs;
  }

  /** Ms since the epoch, by the clock as it is now. */
  get time(): number {
    return this.#at + this.#clock.steppedMs - this.#steppedMs;
  }
}
