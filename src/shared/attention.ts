import type { DeviceInfo } from './model';

/** Why a device needs a person. */
export type AttentionCause = 'offline' | 'flapping' | 'stale';

/** The most urgent first. */
const ORDER: readonly AttentionCause[] = ['offline', 'flapping', 'stale'];

/** So many lost connections within an hour are no accident. */
export const FLAPPING_DROPS = 3;
/** A device that has been away for longer than this, ms, was put away, and nobody is to be reminded of it. */
export const AWAY_AFTER_MS = 7 * 24 * 60 * 60_000;

/** Returns why a device needs a person at `now`, ms since the epoch; null if it does not. */
export function attentionCause(
  device: Pick<DeviceInfo, 'approval' | 'state' | 'lastSeenAt' | 'drops'>,
  now: number,
): AttentionCause | null {
  if (device.approval !== 'approved') return null;
  const seenAgoMs = device.lastSeenAt === null ? Infinity : now - device.lastSeenAt;
  // One that never connected is known only from imported samples.
  if (device.state === 'offline') return seenAgoMs > AWAY_AFTER_MS ? null : 'offline';
  if ((device.drops?.count ?? 0) >= FLAPPING_DROPS) return 'flapping';
  return device.state === 'stale' ? 'stale' : null;
}

/** For sorting: 0 is the most urgent; devices that need nobody come last. */
export function attentionRank(cause: AttentionCause | null): number {
  return cause === null ? ORDER.length : ORDER.indexOf(cause);
}

/** Describes lost connections: `dropped 5× in the last hour`. */
export function describeDrops(count: number): string {
  return `dropped ${count}× in the last hour`;
}
