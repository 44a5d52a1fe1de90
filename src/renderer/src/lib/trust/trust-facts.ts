import type { ApprovedBy, DeviceInfo } from '@shared/model';

export const APPROVED_BY: Record<ApprovedBy, string> = {
  user: 'Approved in the app',
  token: 'With a join token',
  open: 'Let in without asking',
  internal: 'Part of Wirewatch',
};

/** What the hub knows a device by. */
export function describeIdentity(
  device: Pick<DeviceInfo, 'keyIssuedAt' | 'local' | 'address' | 'approvedBy'>,
): string {
  if (device.local || device.approvedBy === 'internal') return 'Runs inside this program';
  if (device.keyIssuedAt !== null) return 'Its own key';
  return device.address === null ? 'Its id alone' : `Its id and its address, ${device.address}`;
}
