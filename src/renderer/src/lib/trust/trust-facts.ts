import type { ApprovedBy, DeviceInfo } from '@shared/model';

export const APPROVED_BY: Record<ApprovedBy, string> = {
  user: 'In the app',
  token: 'Join token',
  open: 'Automatic',
  internal: 'Part of Wirewatch',
  import: 'Not yet (imported data)',
};

/** Whether a device is part of Wirewatch itself: it needs no approval, and has no key to change. */
export function isOwn(device: Pick<DeviceInfo, 'local' | 'approvedBy'>): boolean {
  return device.local || device.approvedBy === 'internal';
}

/** Describes how the hub identifies a device. */
export function describeIdentity(
  device: Pick<DeviceInfo, 'keyIssuedAt' | 'local' | 'address' | 'approvedBy'>,
): string {
  if (isOwn(device)) return 'Runs inside this program';
  if (device.keyIssuedAt !== null) return 'Its own key';
  if (device.approvedBy === 'import') return 'Its id, until you approve a device that claims it';
  return device.address === null ? 'Its id only' : `Its id and its address ${device.address}`;
}
