import { networkInterfaces } from 'node:os';
import type { Clock } from '@shared/clock';
import type { Unsubscribe } from '@shared/disposable';

/** Notices what ends connections without telling them. */
export interface EnvironmentChange {
  kind: 'addresses' | 'slept';
  /** Ms that the process did not run, for `slept`. */
  gapMs: number;
  /** How far the wall clock moved beyond the monotonic one: set by hand, by NTP, or by a suspend. */
  clockStepMs: number;
}

/** Smaller irregularities are a busy machine. */
const LATE_MS = 3_000;
const STEP_MS = 1_000;

/**
 * Calls back when this machine's addresses change, or when it (or this process) was stopped for a while. Looks
 * every `everyMs`; listing the interfaces takes a fraction of a millisecond.
 */
export function watchEnvironment(
  clock: Clock,
  everyMs: number,
  onChange: (change: EnvironmentChange) => void,
  addresses: () => string = localAddresses,
): Unsubscribe {
  let known = addresses();
  let wall = clock.now();
  let monotonic = clock.monotonic();
  return clock.every(everyMs, () => {
    const wallGap = clock.now() - wall;
    const monotonicGap = clock.monotonic() - monotonic;
    wall += wallGap;
    monotonic += monotonicGap;
    const step = wallGap - monotonicGap;
    const clockStepMs = Math.abs(step) > STEP_MS ? step : 0;
    // A suspended machine stops the monotonic clock; a stopped process does not.
    const gapMs = Math.max(monotonicGap, wallGap) - everyMs;
    if (gapMs > LATE_MS || clockStepMs !== 0) onChange({ kind: 'slept', gapMs, clockStepMs });
    const now = addresses();
    if (now === known) return;
    known = now;
    onChange({ kind: 'addresses', gapMs: 0, clockStepMs: 0 });
  });
}

/** This machine's addresses that others could reach, as one comparable text. */
function localAddresses(): string {
  const list: string[] = [];
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    for (const { address, internal } of addresses ?? []) {
      // Link-local addresses come and go with every container.
      if (!internal && !address.startsWith('fe80:')) list.push(`${name} ${address}`);
    }
  }
  return list.sort().join('\n');
}
