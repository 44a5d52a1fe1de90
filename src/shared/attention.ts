import type { DeviceInfo, DropSummary } from './model';

/** Why a device needs a person. */
export type AttentionCause = 'offline' | 'flapping' | 'stale';

/** The most urgent first. */
const ORDER: readonly AttentionCause[] = ['offline', 'flapping', 'stale'];

/** So many lost connections within an hour are no accident. */
const FLAPPING_DROPS = 3;
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
  if (flappingDrops(device)) return 'flapping';
  return device.state === 'stale' ? 'stale' : null;
}

/** Sorts the devices that need a person first, the most urgent before others; equal devices keep their order. */
export function attentionFirst<T extends { id: string }>(
  devices: readonly T[],
  causes: ReadonlyMap<string, AttentionCause>,
): readonly T[] {
  if (causes.size === 0) return devices;
  const rank = ({ id }: T): number => {
    const cause = causes.get(id);
    return cause === undefined ? ORDER.length : ORDER.indexOf(cause);
  };
  return devices.toSorted((a, b) => rank(a) - rank(b));
}

/** Returns the lost connections of a device if they are too many to be an accident; otherwise null. */
export function flappingDrops({ drops }: Pick<DeviceInfo, 'drops'>): DropSummary | null {
  return drops && drops.count >= FLAPPING_DROPS ? drops : null;
}

/** Describes lost connections: `dropped 5× in the last hour`. */
export function describeDrops(count: number): string {
  return `dropped ${count}× in the last hour`;
}

/** Lists why connections were lost: `4× The connection was lost.` */
export function describeCauses({ causes }: DropSummary): string[] {
  return causes.map(({ text, count }) => `${count}× ${text}`);
}
