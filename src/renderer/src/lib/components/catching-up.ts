import type { DeviceInfo } from '@shared/model';

/** How much of what a device kept while it was cut off has arrived, per cent; null when it is up to date. */
export function catchingUp(backlog: DeviceInfo['backlog']): number | null {
  if (!backlog || backlog.total <= 0 || backlog.remaining <= 0) return null;
  const done = 1 - Math.min(1, backlog.remaining / backlog.total);
  // 100 % is said by saying nothing any more.
  return Math.min(99, Math.floor(done * 100));
}
