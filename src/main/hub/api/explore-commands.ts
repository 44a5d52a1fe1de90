import { formatSeriesKey } from '@shared/protocol/series-key';
import type { Core } from '../core';
import { searchSeries } from '../series/search-series';
import { seriesInfo } from '../series/series';
import { SeriesIndex } from '../series/series-index';
import type { Handlers } from './commands';

/** Commands that find series across devices, and the boards that show them. */
export function createExploreCommands({ series, devices, boards }: Core): Handlers {
  let index: SeriesIndex | null = null;
  return {
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
    listBoards: () => boards.list(),
    getBoard: ({ board }) => boards.get(board),
    saveBoard: ({ board, revision }) => boards.save(board, revision),
    deleteBoard({ board, revision }) {
      boards.delete(board, revision);
      return null;
    },
  };
}
