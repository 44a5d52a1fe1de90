import { BoundedMap } from '@shared/bounded-map';
import type { Clock } from '@shared/clock';
import { crowdKey } from './peer-address';

interface Window {
  startedAt: number;
  failures: number;
}

/** The most addresses remembered; the one quiet for longest is dropped. */
const MAX_ADDRESSES = 10_000;

/**
 * Counts failures per address, or IPv6 network, in a time window; those of all link-local addresses together, since one
 * machine can have any number of them. After too many, the address has to wait until the window is over.
 */
export interface FailureLimiter {
  /** Ms until the address may try again; 0 when it may now. */
  waitMs(address: string): number;
  fail(address: string): void;
  /** Failures of the address in the current window. */
  count(address: string): number;
  /** A success clears the earlier failures of the address. */
  succeed(address: string): void;
}

export function createFailureLimiter(clock: Clock, maxFailures: number, windowMs: number): FailureLimiter {
  const windows = new BoundedMap<string, Window>(MAX_ADDRESSES);

  function current(key: string): Window | undefined {
    const window = windows.get(key);
    if (window === undefined) return undefined;
    if (clock.monotonic() - window.startedAt < windowMs) return window;
    windows.delete(key);
    return undefined;
  }

  return {
    waitMs(address) {
      const window = current(crowdKey(address));
      if (window === undefined || window.failures < maxFailures) return 0;
      return Math.max(1, Math.ceil(window.startedAt + windowMs - clock.monotonic()));
    },
    fail(address) {
      const key = crowdKey(address);
      const window = current(key) ?? { startedAt: clock.monotonic(), failures: 0 };
      window.failures++;
      windows.set(key, window);
    },
    count: (address) => current(crowdKey(address))?.failures ?? 0,
    succeed(address) {
      windows.delete(crowdKey(address));
    },
  };
}
