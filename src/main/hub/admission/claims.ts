import { createHash } from 'node:crypto';
import type { Result } from '@shared/errors';
import { CLOSE } from '@shared/protocol/close-codes';
import type { Device } from '../devices/device';
import type { DeviceRegistry } from '../devices/device-registry';

const PREFIX = 'claim:';

/**
 * A device without a key is also recognised by its address. Its id from another address may be the same board with a
 * new DHCP lease, or somebody else. Such a claim waits as a separate entry, and the device stays as it is until the
 * user decides.
 */
export function claimOf(devices: DeviceRegistry, device: Device, address: string): Device | null {
  return devices.get(claimId(device.id, address)) ?? null;
}

/** Adds a claim as a separate device entry. Fails like `DeviceRegistry.add`. */
export function addClaim(devices: DeviceRegistry, device: Device, address: string): Result<Device> {
  const added = devices.add(claimId(device.id, address), device.name, address);
  if (!added.ok) return added;
  added.value.claim(device);
  return added;
}

/** Whether agents may not use this id, because the hub reserves it for claims. */
export function isReservedId(id: string): boolean {
  return id.startsWith(PREFIX);
}

/** Forgets all claims to a device, except those the user turned away. */
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
