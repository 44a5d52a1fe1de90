import { moveInGrid } from '../../lib/components/grid-keys';
import type { DeviceGroup } from './device-groups';

/** The part of a group's grid that the keyboard needs. */
export interface GroupGrid {
  scrollTo(index: number): void;
  columnCount(): number;
}

/**
 * Returns the id that a key leads to from the device `id`; null if the key is for something else, or leads nowhere.
 * At the edge of a group the arrow keys go on into the next one.
 */
export function moveAmongGroups<T extends { id: string }>(
  key: string,
  id: string,
  groups: readonly DeviceGroup<T>[],
  columnsOf: (groupKey: string) => number,
): string | null {
  const at = groups.findIndex(({ devices }) => devices.some((device) => device.id === id));
  const group = groups[at];
  if (!group) return null;
  if (key === 'Home') return groups[0]?.devices[0]?.id ?? null;
  if (key === 'End') return groups.at(-1)?.devices.at(-1)?.id ?? null;
  const columns = columnsOf(group.key);
  const from = group.devices.findIndex((device) => device.id === id);
  const to = moveInGrid(key, from, columns, group.devices.length);
  if (to === null) return null;
  if (to !== from) return group.devices[to]?.id ?? null;
  const forward = key === 'ArrowDown' || key === 'ArrowRight';
  const next = groups[at + (forward ? 1 : -1)]?.devices;
  if (!next) return id;
  const last = next.length - 1;
  if (key === 'ArrowRight') return next[0]?.id ?? id;
  if (key === 'ArrowLeft') return next[last]?.id ?? id;
  const column = from % columns;
  const row = forward ? 0 : Math.floor(last / columns) * columns;
  return next[Math.min(last, row + column)]?.id ?? id;
}
