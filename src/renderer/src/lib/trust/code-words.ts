import type { DeviceInfo } from '@shared/model';

/** Explains in one sentence how to check that a pending device is the intended one. */
export function howToCompare(device: Pick<DeviceInfo, 'code' | 'simple' | 'secure'>): string {
  if (device.code === null) return 'Approve it only if you expect a device with this name at this address.';
  if (device.simple) {
    return 'The device was sent this code in a notice. If it cannot show the code, check its name and address.';
  }
  return 'Its agent shows a code in the terminal it was started from. Approve it only if the digits match.';
}

/** Explains what is unusual about a pending device; null if nothing is. */
export function waitingReason({ reason }: Pick<DeviceInfo, 'reason'>): string | null {
  return reason === null || reason.code === 'PENDING_APPROVAL' ? null : reason.text;
}

/**
 * Whether the device has asked to join. One whose key was revoked must reconnect first, or any device that asks first
 * could be approved in its place.
 */
export function hasAsked({ approval, reason }: Pick<DeviceInfo, 'approval' | 'reason'>): boolean {
  return approval !== 'pending' || reason?.code !== 'NOT_ASKED';
}
