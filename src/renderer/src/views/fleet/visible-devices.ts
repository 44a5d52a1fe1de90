import { attentionFirst, type AttentionCause } from '@shared/attention';
import type { Device } from '../../lib/hub/device.svelte';
import type { DeviceStore } from '../../lib/hub/devices.svelte';
import type { FleetSort } from '../../lib/routes/fleet-link';
import { matchesFilter, parseFilter, wantsRejected } from './device-filter';
import type { FleetColumn, VitalsById } from './fleet-columns';

/** Returns the devices that match a filter, sorted by name, for use inside `$derived`. */
export function matchingDevices(store: DeviceStore, filter: string): readonly Device[] {
  const terms = parseFilter(filter);
  const all = wantsRejected(terms)
    ? store.list.filter((device) => device.approval !== 'pending')
    : store.approved;
  // Properties of devices are read only if needed, because each read makes the whole list depend on that device.
  if (terms.length === 0) return all;
  const { causes } = store.attention;
  return all.filter((device) => matchesFilter(device, terms, causes.has(device.id)));
}

export interface SortContext {
  columns: readonly FleetColumn[];
  vitals: VitalsById;
  causes: ReadonlyMap<string, AttentionCause>;
}

/** Sorts devices, which are sorted by name; equal devices keep that order, and those without a value come last. */
export function sortDevices<T extends Device>(
  devices: readonly T[],
  { by, descending }: FleetSort,
  { columns, vitals, causes }: SortContext,
): readonly T[] {
  if (by === 'name') return descending ? devices.toReversed() : devices;
  const column = columns.find(({ id }) => id === by);
  if (!column) return attentionFirst(devices, causes);
  const sign = descending ? -1 : 1;
  const keyed = devices.map((device) => ({ device, key: column.keyOf(device, vitals) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    if (typeof a.key === 'number' && typeof b.key === 'number') return sign * (a.key - b.key);
    return sign * collator.compare(String(a.key), String(b.key));
  });
  return keyed.map(({ device }) => device);
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
