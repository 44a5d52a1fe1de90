import type { seriesCommands } from '@shared/hub-api/series';
import { formatSeriesKey } from '@shared/protocol/series-key';
import type { DeviceRegistry } from '../../devices/device-registry';
import { searchSeries } from '../../series/search-series';
import { seriesInfo } from '../../series/series';
import { SeriesIndex } from '../../series/series-index';
import type { SeriesTable } from '../../series/series-table';
import type { CommandHandlers } from '../command-handlers';

export interface SeriesHandlersContext {
  devices: DeviceRegistry;
  series: SeriesTable;
}

export function createSeriesHandlers({
  devices,
  series,
}: SeriesHandlersContext): CommandHandlers<keyof typeof seriesCommands> {
  let index: SeriesIndex | null = null;
  return {
    listSeries: ({ device }) => series.ofDevice(devices.require(device).id).map(seriesInfo),
    searchSeries(query) {
      index ??= new SeriesIndex(series);
      return searchSeries(index, devices.all(), query);
    },
    resolveSeries: ({ groups }) =>
      groups.flatMap(({ metric, labels, devices: ids }) => {
        const key = formatSeriesKey(metric, labels);
        return ids.flatMap((device) => {
          const found = series.find(device, key);
          return found && devices.get(device)?.approval === 'approved' ? [seriesInfo(found)] : [];
        });
      }),
  };
}
