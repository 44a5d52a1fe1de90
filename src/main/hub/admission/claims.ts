import { createHash } from 'node:crypto';
import type { Result } from '@shared/errors';
import { CLOSE } from '@shared/protocol/close-codes';
import type { Device } from '../devices/device';
import type { DeviceRegistry } from '../devices/device-registry';

const PREFIX = 'claim:';

/**
 * A device without a key is known by its address too. Its id from elsewhere may be the same board with another lease,
 * or somebody else: that waits as an entry of its own, which leaves the device as it is until the user decides.
 */
export function claimOf(devices: DeviceRegistry, device: Device, address: string): Device | null {
  return devices.get(claimId(device.id, address)) ?? null;
}

/** Fails as `DeviceRegistry.add` does. */
export function addClaim(devices: DeviceRegistry, device: Device, address: string): Result<Device> {
  const added = devices.add(claimId(device.id, address), device.name);
  if (!added.ok) return added;
  added.value.claim(device);
  return added;
}

/** Ids that agents may not use: the hub gives them to claims. */
export function isReservedId(id: string): boolean {
  return id.startsWith(PREFIX);
}

/** Forgets what claims to be a device, but for what the user turned away. */
export function forgetClaims(devices: DeviceRegistry, id: string): void {
  for (const device of [...devices.all()]) {
    if (device.claims !== id || device.approval !== 'pending') continue;
    device.close(CLOSE.tryLater, 'decided in the app');
    devices.remove(device);
  }
}

function claimId(id: string, address: string): string {
  const hash = createHash('sha256').update(`${id}\n${address}`).digest('hex');
  return `${PREFIX}${hash.slice(0, 24)}`;
}
