import type { Unsubscribe } from './disposable';

/**
 * Time as a dependency, so that tests control it. `now` is wall-clock ms since the epoch; `monotonic` is in ms and
 * never jumps.
 */
export interface Clock {
  now(): number;
  monotonic(): number;
  after(delayMs: number, run: () => void): Unsubscribe;
  every(periodMs: number, run: () => void): Unsubscribe;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  every(periodMs, run) {
    const timer = setInterval(run, periodMs);
    return () => clearInterval(timer);
  },
};
