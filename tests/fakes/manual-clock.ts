import type { Clock } from '@shared/clock';

/** A clock that moves only on command. */
export class ManualClock implements Clock {
  #now: number;
  #monotonic = 0;
  steppedMs = 0;
  readonly #timers = new Set<{ at: number; run: () => void; everyMs: number | null }>();

  constructor(now = 1_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#monotonic + delayMs, run, everyMs: null };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  every(periodMs: number, run: () => void): () => void {
    const timer = { at: this.#monotonic + periodMs, run, everyMs: periodMs };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves the time forward and runs the timers that fall due. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#now += next.at - this.#monotonic;
      this.#monotonic = next.at;
      if (next.everyMs === null) this.#timers.delete(next);
      else next.at += next.everyMs;
      next.run();
    }
    this.#now += end - this.#monotonic;
    this.#monotonic = end;
  }

  /** Moves the time without running timers, as if the process was stopped or the machine slept. */
  skip(wallMs: number, monotonicMs: number): void {
    this.#now += wallMs;
    this.#monotonic += monotonicMs;
    for (const timer of this.#timers) timer.at = Math.max(timer.at, this.#monotonic);
  }
}
