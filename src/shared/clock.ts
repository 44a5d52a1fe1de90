import type { Unsubscribe } from './disposable';
import { logFault, type Logger } from './logger';

/**
 * Time as a dependency, so that tests control it. `now` is wall-clock ms since the epoch; `monotonic` is in ms and
 * never jumps.
 */
export interface Clock {
  now(): number;
  monotonic(): number;
  /**
   * The sum of all changes to the clock since this clock began, ms; negative when it was set back. Add the difference
   * between now and then to correct a past time. Always 0 for a clock that is not watched; see `WatchedClock`.
   */
  readonly steppedMs: number;
  after(delayMs: number, run: () => void): Unsubscribe;
  every(periodMs: number, run: () => void): Unsubscribe;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  steppedMs: 0,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  every(periodMs, run) {
    const timer = setInterval(run, periodMs);
    return () => clearInterval(timer);
  },
};

/** Returns the same clock, but errors thrown by timer callbacks are logged to `log`; a periodic timer keeps running. */
export function containTimers(clock: Clock, log: Logger): Clock {
  const contained = (run: () => void) => (): void => {
    try {
      run();
    } catch (error) {
      logFault(log, 'TIMER_FAILED', 'Something that is done from time to time failed.', error);
    }
  };
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    get steppedMs() {
      return clock.steppedMs;
    },
    after: (delayMs, run) => clock.after(delayMs, contained(run)),
    every: (periodMs, run) => clock.every(periodMs, contained(run)),
  };
}
