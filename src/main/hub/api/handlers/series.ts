import { displayText } from '@shared/display-text';
import { FaultError } from '@shared/errors';
import type { seriesCommands } from '@shared/hub-api/series';
import { unitCode } from '@shared/metrics/unit-styles';
import type { Limits } from '@shared/protocol/limits';
import { formatSeriesKey } from '@shared/protocol/series-key';
import type { DeviceRegistry } from '../../devices/device-registry';
import { searchSeries } from '../../series/search-series';
import { seriesInfo } from '../../series/series';
import { SeriesIndex } from '../../series/series-index';
import type { SeriesTable } from '../../series/series-table';
import type { CommandHandlers } from '../command-handlers';

export interface SeriesHandlersContext {
  devices: DeviceRegistry;
  limits: Pick<Limits, 'chosenUnitsPerDevice'>;
  series: SeriesTable;
}

export function createSeriesHandlers({
  devices,
  limits,
  series,
}: SeriesHandlersContext): CommandHandlers<keyof typeof seriesCommands> {
  let index: SeriesIndex | null = null;
  return {
    listSeries: ({ device }) => series.ofDevice(devices.require(device).id).map(seriesInfo),
    searchSeries(query) {
      index ??= new SeriesIndex(series);
      return searchSeries(index, devices.all(), query);
    },
    async setSeriesUnit({ device: id, series: wanted, unit }) {
      const device = devices.require(id);
      const found = wanted.map(({ metric, labels }) => {
        const one = series.find(id, formatSeriesKey(metric, labels));
        if (!one)
          throw new FaultError('NO_SUCH_SERIES', `The device has no series "${metric}" with these labels.`);
        return one;
      });
      const added = found.filter(({ key }) => !device.choices.units.has(key)).length;
      const { chosenUnitsPerDevice: most } = limits;
      if (unit !== null && device.choices.units.size + added > most) {
        throw new FaultError(
          'TOO_MANY_UNITS',
          `At most ${most} series of a device can have a unit of your choice.`,
        );
      }
      const chosen = unit === null ? null : unitCode(displayText(unit));
      try {
        await devices.choose(device, () => {
          for (const { key } of found) device.chooseUnit(key, chosen);
        });
      } finally {
        for (const one of found) series.settleUnit(one);
        devices.seriesChanged(device);
      }
      return found.map(seriesInfo);
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
