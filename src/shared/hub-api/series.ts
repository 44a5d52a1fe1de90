import * as v from 'valibot';
import { selectedGroupSchema, selectionSchema } from '../explore/explore-view';
import type { SeriesInfo, SeriesSearch } from '../model';
import { adminCommand, viewerCommand } from './command';
import { deviceId, upTo } from './schemas';

/** Commands to find series. */
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
  /**
   * Sets the unit of some of a device's series permanently: it survives restarts and overrides what the device
   * declares. Null restores the unit that the device declares or the name suggests. Answers with the updated series.
   * Fails with `NO_SUCH_SERIES` or `TOO_MANY_UNITS`, and then changes nothing.
   */
  setSeriesUnit: adminCommand(
    v.object({
      device: deviceId,
      series: v.pipe(
        v.array(v.pick(selectedGroupSchema, ['metric', 'labels'])),
        v.minLength(1),
        v.maxLength(64),
      ),
      unit: v.nullable(v.pipe(v.string(), v.trim(), v.maxLength(32))),
    }),
  ).returns<SeriesInfo[]>(),
  /** The series of a selection that the hub knows, in any order. */
  resolveSeries: viewerCommand(v.object({ groups: selectionSchema })).returns<SeriesInfo[]>(),
};
