import type { Labels } from '../model';
import { formatSeriesKey } from '../protocol/series-key';
import { MAX_SELECTED_SERIES, type SelectedGroup } from './explore-view';

/** Identifies a series in links and boards. The hub's series ids last only as long as the hub runs. */
export interface SeriesRef {
  device: string;
  metric: string;
  labels: Labels;
}

/** Returns a key that identifies a series and is the same after every restart. */
export function refKey({ device, metric, labels }: SeriesRef): string {
  return `${device} ${formatSeriesKey(metric, labels)}`;
}

/** Returns the series of a selection, in the selection's order. */
export function refsOf(groups: readonly SelectedGroup[]): SeriesRef[] {
  return groups.flatMap(({ metric, labels, devices }) =>
    devices.map((device) => ({ device, metric, labels })),
  );
}

/** Returns the devices that own the series, each once. */
export function devicesOf(groups: readonly SelectedGroup[]): string[] {
  return [...new Set(groups.flatMap(({ devices }) => devices))];
}

export function countOf(groups: readonly SelectedGroup[]): number {
  return groups.reduce((sum, { devices }) => sum + devices.length, 0);
}

/**
 * Groups series in order of first appearance. Duplicates are dropped, and so are series beyond what a view may show.
 */
export function groupRefs(refs: Iterable<SeriesRef>): SelectedGroup[] {
  const groups = new Map<string, { metric: string; labels: Record<string, string>; devices: Set<string> }>();
  let count = 0;
  for (const { device, metric, labels } of refs) {
    const key = formatSeriesKey(metric, labels);
    let group = groups.get(key);
    if (group?.devices.has(device)) continue;
    if (count >= MAX_SELECTED_SERIES) break;
    if (!group) groups.set(key, (group = { metric, labels: { ...labels }, devices: new Set() }));
    group.devices.add(device);
    count++;
  }
  return [...groups.values()].map((group) => ({ ...group, devices: [...group.devices] }));
}

/** Adds series to `groups`, up to the limit of a view. */
export function addRefs(groups: readonly SelectedGroup[], added: readonly SeriesRef[]): SelectedGroup[] {
  return groupRefs([...refsOf(groups), ...added]);
}

export function removeRefs(groups: readonly SelectedGroup[], removed: ReadonlySet<string>): SelectedGroup[] {
  return groupRefs(refsOf(groups).filter((ref) => !removed.has(refKey(ref))));
}
