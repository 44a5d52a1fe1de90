import * as v from 'valibot';
import { selectionSchema } from '../explore/explore-view';
import type { SeriesInfo, SeriesSearch } from '../model';
import { viewerCommand } from './command';
import { deviceId, upTo } from './schemas';

/** Which series there are. */
export const seriesCommands = {
  listSeries: viewerCommand(v.object({ device: deviceId })).returns<SeriesInfo[]>(),
  /**
   * Finds series of all devices by words of their metric, labels, device and tags (`cpu tag:lab`), grouped by metric
   * and labels or by device. `limit` bounds the series of the whole answer.
   */
  searchSeries: viewerCommand(
    v.object({
      text: v.pipe(v.string(), v.maxLength(256)),
      by: v.optional(v.picklist(['metric', 'device']), 'metric'),
      groups: v.optional(upTo(500), 40),
      perGroup: v.optional(upTo(500), 5),
      limit: v.optional(upTo(500), 200),
    }),
  ).returns<SeriesSearch>(),
  /** The series of a selection that the hub knows, in no particular order. */
  resolveSeries: viewerCommand(v.object({ groups: selectionSchema })).returns<SeriesInfo[]>(),
};
