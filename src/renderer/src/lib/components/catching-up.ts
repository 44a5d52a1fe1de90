import type { DeviceInfo } from '@shared/model';

/** Returns the percentage of a device's backlog that has arrived; null when the device is up to date. */
export function catchingUp(backlog: DeviceInfo['backlog']): number | null {
  if (!backlog || backlog.total <= 0 || backlog.remaining <= 0) return null;
  const done = 1 - Math.min(1, backlog.remaining / backlog.total);
  // Never show 100 %: the display disappears when the backlog is complete.
  return Math.min(99, Math.floor(done * 100));
}
