import type { DeviceRegistry } from '../devices/device-registry';
import type { History } from '../history/history';
import { readSeries } from '../live/read-series';
import type { Series } from '../series/series';
import type { SeriesTable } from '../series/series-table';
import type { StoreColumns } from '../store-contract/store-contract';
import type { ExportSource, ReadRange, SeriesHead } from './export-contract';

/** Where the samples of a hub are. */
export interface HubSamples {
  devices: DeviceRegistry;
  series: SeriesTable;
  /** Null with `--store memory`. */
  history: History | null;
}

/** A hub's samples: from disk, or from the rings of one that keeps no history. */
export function createHubSource({ devices, series, history }: HubSamples): ExportSource {
  return {
    async prepare() {
      await history?.flush();
    },
    deviceIds() {
      const ids = new Set(Array.from(devices.all(), (device) => device.id));
      // The list of devices may have been lost while their history was not.
      for (const one of history?.store.contents.series ?? []) ids.add(one.device);
      return ids;
    },
    seriesOf(device) {
      const found = series.ofDevice(device);
      return found.length > 0 || devices.get(device) ? found : null;
    },
    read(heads, range, signal) {
      if (!history)
        return readRings(
          heads.flatMap(({ id }) => series.byId(id) ?? []),
          range,
        );
      const { from, to, raw } = range;
      return history.store.scan({ series: heads.map(idOf), from, to, raw }, signal);
    },
  };
}

function idOf(series: SeriesHead): number {
  return series.id;
}

async function* readRings(
  series: readonly Series[],
  { from, to, raw }: ReadRange,
): AsyncGenerator<StoreColumns> {
  for (const one of series) {
    yield { series: one.id, ...readSeries(one, from, to, one.kind === 'counter' && !raw) };
  }
}
