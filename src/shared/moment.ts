import type { Clock } from './clock';

/**
 * A moment of this run. When the clock is set, its time is corrected by the same amount, because the old clock was
 * wrong at that moment too.
 */
export class Moment {
  readonly #clock: Pick<Clock, 'steppedMs'>;
  readonly #at: number;
  readonly #steppedMs: number;

  /** Records the current time. */
  constructor(clock: Pick<Clock, 'now' | 'steppedMs'>) {
    this.#clock = clock;
    this.#at = clock.now();
    this.#steppedMs = clock.steppedMs;
  }

  /** Ms since the epoch, by the current clock. */
  get time(): number {
    return this.#at + this.#clock.steppedMs - this.#steppedMs;
  }
}
