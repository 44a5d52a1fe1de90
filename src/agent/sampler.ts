import type { Clock } from '@shared/clock';

/**
 * Ticks at whole multiples of the interval by the wall clock, so that devices line up and nothing drifts. Ticks
 * missed because the machine slept or was busy are not made up for.
 */
export class Sampler {
  readonly #clock: Clock;
  readonly #tick: () => void;
  #intervalMs: number;
  #cancel: (() => void) | null = null;
  #lastTick = -Infinity;

  constructor(clock: Clock, intervalMs: number, tick: () => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#tick = tick;
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  start(): void {
    if (this.#cancel === null) this.#schedule();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Takes effect at once, without waiting for the rest of the current interval. */
  setInterval(intervalMs: number): void {
    if (intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    if (this.#cancel === null) return;
    this.#cancel();
    this.#schedule();
  }

  #schedule(): void {
    const now = this.#clock.now();
    let next = (Math.floor(now / this.#intervalMs) + 1) * this.#intervalMs;
    // Timers may fire slightly early, when the boundary they were meant for is still ahead.
    if (next - this.#lastTick < this.#intervalMs / 2 && next >= this.#lastTick) next += this.#intervalMs;
    this.#cancel = this.#clock.after(Math.max(1, next - now), () => {
      this.#lastTick = this.#clock.now();
      this.#schedule();
      this.#tick();
    });
  }
}
