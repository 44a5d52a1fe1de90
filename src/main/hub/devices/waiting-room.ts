import { crowdKey } from '../bounds/peer-address';
import type { Device } from './device';

/** Where nobody has more than one place, those that have waited this long make room too, ms. */
const LONG_WAIT_MS = 10 * 60_000;

/** Whether it never did more than ask, so that nothing is lost with it. */
export function isForgettable(device: Device): boolean {
  return device.approval === 'pending' && !device.wasApproved;
}

/**
 * Which of the devices that wait gives up its place for one that asks from `address` at `now` (ms since the epoch). The
 * places are shared by address, and by IPv6 network (/64): the largest crowd loses the one of it that was silent for
 * longest, who has left before who is there. Null when the newcomer belongs to that crowd itself and none of it has left,
 * or when nobody has more than one place and nobody has waited for long.
 */
export function whoMakesRoom(waiting: readonly Device[], address: string | null, now: number): Device | null {
  const crowds = Map.groupBy(waiting, crowdOf);
  const own = address === null ? null : crowdKey(address);
  const sizeOf = (crowd: string | null): number =>
    (crowds.get(crowd)?.length ?? 0) + (own !== null && crowd === own ? 1 : 0);
  let largest = own;
  for (const crowd of crowds.keys()) if (largest === null || sizeOf(crowd) > sizeOf(largest)) largest = crowd;
  if (sizeOf(largest) <= 1)
    return oldest(waiting, (device) => !device.isPresent || now - device.firstSeenAt > LONG_WAIT_MS);
  const crowd = crowds.get(largest) ?? [];
  return oldest(crowd, (device) => !device.isPresent || largest !== own);
}

function crowdOf({ boundTo, description }: Device): string | null {
  const address = boundTo ?? description.address;
  return address === null ? null : crowdKey(address);
}

/** The one heard of longest ago among those that may go; who has left goes first. */
function oldest(devices: readonly Device[], mayGo: (device: Device) => boolean): Device | null {
  let found: Device | null = null;
  for (const device of devices) if (mayGo(device) && (!found || goesBefore(device, found))) found = device;
  return found;
}

function goesBefore(device: Device, other: Device): boolean {
  if (device.isPresent !== other.isPresent) return !device.isPresent;
  return (device.lastSeenAt ?? device.firstSeenAt) < (other.lastSeenAt ?? other.firstSeenAt);
}
