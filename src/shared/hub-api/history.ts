import * as v from 'valibot';
import type { ConnectionSpan, QueryResult, StorageInfo } from '../model';
import { adminCommand, viewerCommand } from './command';
import { deviceId, nothing, seriesId, time } from './schemas';

/** Commands for stored samples and the space they take. */
export const historyCommands = {
  query: viewerCommand(
    v.object({
      device: v.optional(deviceId),
      metric: v.optional(v.pipe(v.string(), v.maxLength(256))),
      series: v.optional(v.pipe(v.array(seriesId), v.maxLength(1_000))),
      from: time,
      to: time,
      points: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
      raw: v.optional(v.boolean()),
    }),
  ).returns<QueryResult>(),
  getStorage: viewerCommand(nothing).returns<StorageInfo>(),
  /** The times of a device's oldest and newest sample. */
  getExtent: viewerCommand(v.object({ device: deviceId })).returns<{
    oldest: number;
    newest: number;
  } | null>(),
  /** Deletes a device's samples and events; the device stays. */
  deleteDeviceData: adminCommand(v.object({ device: deviceId })).returns<null>(),
  /** When each device was connected within a range. */
  listConnectionSpans: viewerCommand(v.object({ from: time, to: time })).returns<
    Record<string, ConnectionSpan[]>
  >(),
};
