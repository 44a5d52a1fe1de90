import { networkInterfaces, uptime } from 'node:os';
import type { Clock } from '@shared/clock';
import type { Unsubscribe } from '@shared/disposable';

/** Changes that break connections without any notification. */
export type EnvironmentChange =
  /** The network addresses of this machine changed. */
  | { kind: 'addresses' }
  /** The machine was suspended, or this process was stopped, for about this long. */
  | { kind: 'slept'; gapMs: number };

/** The sources that are watched; tests replace them. */
export interface EnvironmentSources {
  /** Addresses that other machines could reach, as one comparable text. */
  addresses(): string;
  /** Ms since the system started, including time asleep. */
  uptimeMs(): number;
}

/** The sources of this machine. */
export const LOCAL_SOURCES: EnvironmentSources = {
  addresses: localAddresses,
  uptimeMs: () => uptime() * 1_000,
};

/** Reading the clocks costs nothing, and after a wake-up the agent should react at once. */
const CLOCK_EVERY_MS = 1_000;
/** Smaller differences come from a busy machine, or from `uptime` counting whole seconds. */
const LATE_MS = 3_000;

/**
 * Calls back within a second after this machine or this process resumes from a stop, and within `addressesEveryMs` after
 * its addresses change. Listing the addresses takes a fraction of a ms.
 */
export function watchEnvironment(
  clock: Clock,
  addressesEveryMs: number,
  onChange: (change: EnvironmentChange) => void,
  sources: EnvironmentSources = LOCAL_SOURCES,
): Unsubscribe {
  const everyMs = Math.min(CLOCK_EVERY_MS, addressesEveryMs);
  let known = sources.addresses();
  let monotonic = clock.monotonic();
  let up = sources.uptimeMs();
  let addressesAt = monotonic;
  return clock.every(everyMs, () => {
    const monotonicGap = clock.monotonic() - monotonic;
    const upGap = sources.uptimeMs() - up;
    monotonic += monotonicGap;
    up += upGap;
    // Suspending the machine stops the monotonic clock but not its uptime; stopping the process stops neither.
    const gapMs = Math.max(monotonicGap, upGap) - everyMs;
    if (gapMs > LATE_MS) onChange({ kind: 'slept', gapMs });
    if (monotonic - addressesAt < addressesEveryMs) return;
    addressesAt = monotonic;
    const now = sources.addresses();
    if (now === known) return;
    known = now;
    onChange({ kind: 'addresses' });
  });
}

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
