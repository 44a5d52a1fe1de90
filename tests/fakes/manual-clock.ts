import type { Clock } from '@shared/clock';

export interface ManualClock extends Clock {
  /** Lets time pass; runs nothing, so it suits what only looks at the time. */
  advance(ms: number): void;
}

export function createManualClock(now = 1_790_000_000_000): ManualClock {
  let passed = 0;
  return {
    now: () => now + passed,
    monotonic: () => passed,
    after: () => () => {},
    every: () => () => {},
    advance(ms) {
      passed += ms;
    },
  };
}
