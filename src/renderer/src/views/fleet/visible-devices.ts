import type { Device } from '../../lib/hub/device.svelte';
import type { DeviceStore } from '../../lib/hub/devices.svelte';
import { matchesFilter, parseFilter, wantsRejected } from './device-filter';
import { sortDevices, type DeviceSort } from './device-sort';

/** Returns the devices that match a filter, in an order, for use inside `$derived`. */
export function visibleDevices(store: DeviceStore, filter: string, sort: DeviceSort): readonly Device[] {
  const terms = parseFilter(filter);
  const all = wantsRejected(terms)
    ? store.list.filter((device) => device.approval !== 'pending')
    : store.approved;
  // Properties of devices are read only if needed, because each read makes the whole list depend on that device.
  const matching = terms.length === 0 ? all : all.filter((device) => matchesFilter(device, terms));
  return sortDevices(matching, sort);
}
