import { networkInterfaces, uptime } from 'node:os';
import type { Clock } from '@shared/clock';
import type { Unsubscribe } from '@shared/disposable';

/** What ends connections, or makes times wrong, without telling anybody. */
export type EnvironmentChange =
  /** This machine has other network addresses. */
  | { kind: 'addresses' }
  /** The machine was suspended, or this process stopped, for about so long. */
  | { kind: 'slept'; gapMs: number }
  /** The clock was set: forward by so much, or back when negative. */
  | { kind: 'clock-set'; stepMs: number };

/** Where the watch looks; tests bring their own. */
export interface EnvironmentSources {
  /** Addresses that others could reach, as one comparable text. */
  addresses(): string;
  /** Ms since the system started, time asleep included. */
  uptimeMs(): number;
}

/** The clocks cost nothing to look at, and whoever wakes up wants to know at once. */
const CLOCK_EVERY_MS = 1_000;
/** Smaller irregularities are a busy machine, or `uptime` in whole seconds. */
const LATE_MS = 3_000;
const STEP_MS = 2_000;

/**
 * Calls back when this machine (or this process) was stopped for a while or its clock was set, within a second of
 * going on, and when its addresses change, within `addressesEveryMs`; listing them takes a fraction of a ms.
 */
export function watchEnvironment(
  clock: Clock,
  addressesEveryMs: number,
  onChange: (change: EnvironmentChange) => void,
  sources: EnvironmentSources = { addresses: localAddresses, uptimeMs: () => uptime() * 1_000 },
): Unsubscribe {
  const everyMs = Math.min(CLOCK_EVERY_MS, addressesEveryMs);
  let known = sources.addresses();
  let wall = clock.now();
  let monotonic = clock.monotonic();
  let up = sources.uptimeMs();
  let addressesAt = monotonic;
  return clock.every(everyMs, () => {
    const wallGap = clock.now() - wall;
    const monotonicGap = clock.monotonic() - monotonic;
    const upGap = sources.uptimeMs() - up;
    wall += wallGap;
    monotonic += monotonicGap;
    up += upGap;
    // A suspended machine stops the monotonic clock but not its uptime; a stopped process stops neither.
    const gapMs = Math.max(monotonicGap, upGap) - everyMs;
    if (gapMs > LATE_MS) onChange({ kind: 'slept', gapMs });
    const stepMs = wallGap - Math.max(monotonicGap, upGap);
    if (Math.abs(stepMs) > STEP_MS) onChange({ kind: 'clock-set', stepMs });
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
