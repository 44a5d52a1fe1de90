import { metricTitle } from '@shared/explore/series-words';
import type { SeriesRef } from '@shared/explore/selection';
import type { DeviceKind, HeadlineSeries } from '@shared/model';

/** Something worth looking at, ready to be picked. */
export interface Suggestion {
  title: string;
  refs: SeriesRef[];
}

/** The facts about a device that suggestions depend on. */
export interface SuggestedDevice {
  id: string;
  name: string;
  kind: DeviceKind;
  headline: readonly HeadlineSeries[];
}

const KINDS: Readonly<Record<DeviceKind, string>> = {
  computer: 'computers',
  board: 'boards',
  program: 'programs',
};
const MOST = 8;

/** Views that sum up the current devices, grouped by kind: `CPU of all computers`. The most common come first. */
export function suggestionsFor(devices: readonly SuggestedDevice[]): Suggestion[] {
  const groups = new Map<
    string,
    { words: string; rank: number; devices: Set<string>; only: string; refs: SeriesRef[] }
  >();
  for (const { id, name, kind, headline } of devices) {
    for (const [rank, { label, metric, labels }] of headline.entries()) {
      // Network cards have different names on each machine, so group them by kind and label.
      const key = `${kind} ${label}`;
      let group = groups.get(key);
      if (!group) {
        const words = `${metricTitle(metric)} of all ${KINDS[kind]}`;
        groups.set(key, (group = { words, rank, devices: new Set(), only: name, refs: [] }));
      }
      group.devices.add(id);
      group.refs.push({ device: id, metric, labels });
    }
  }
  return [...groups.values()]
    .sort((a, b) => b.devices.size - a.devices.size || a.rank - b.rank)
    .slice(0, MOST)
    .map(({ words, devices: owners, only, refs }) => ({
      title: owners.size === 1 ? words.replace(/ of all .*$/, ` of ${only}`) : words,
      refs,
    }));
}
