import type { DeviceInfo } from '@shared/model';
import { STATE_ORDER } from '../../lib/components/connection-state';

export const SORTS = ['name', 'state', 'seen', 'joined', 'rtt'] as const;
export type DeviceSort = (typeof SORTS)[number];

export const SORT_LABELS: Record<DeviceSort, string> = {
  name: 'By name',
  state: 'By state',
  seen: 'Last seen',
  joined: 'Newest first',
  rtt: 'Slowest first',
};

/** Sorts devices; the input is sorted by name, and equal devices keep that order. */
export function sortDevices<T extends DeviceInfo>(devices: readonly T[], sort: DeviceSort): readonly T[] {
  switch (sort) {
    case 'name':
      return devices;
    case 'state':
      return devices.toSorted((a, b) => STATE_ORDER[a.state] - STATE_ORDER[b.state]);
    case 'seen':
      return devices.toSorted((a, b) => secondsOf(b.lastSeenAt) - secondsOf(a.lastSeenAt));
    case 'joined':
      return devices.toSorted((a, b) => b.firstSeenAt - a.firstSeenAt);
    case 'rtt':
      return devices.toSorted((a, b) => (b.rttMs ?? -1) - (a.rttMs ?? -1));
  }
}

/** Rounds a time to steps of ten seconds, so that online devices do not keep changing places. */
function secondsOf(timeMs: number | null): number {
  return Math.floor((timeMs ?? 0) / 10_000);
}
