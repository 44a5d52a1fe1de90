import type { Clock } from '@shared/clock';
import { FaultError } from '@shared/errors';
import type { historyCommands } from '@shared/hub-api/history';
import type { HubInfo, QueryResult, QuerySeries } from '@shared/model';
import type { DeviceRegistry } from '../../devices/device-registry';
import { connectionSpans } from '../../events/connection-spans';
import type { EventLog } from '../../events/event-log';
import type { History } from '../../history/history';
import { ringCovers } from '../../live/read-series';
import { querySeries, type QueryRange } from '../../live/ring-query';
import type { RingMemory } from '../../series/ring-memory';
import type { Series } from '../../series/series';
import type { SeriesTable } from '../../series/series-table';
import type { SettingsStore } from '../../settings/settings-store';
import type { StoreColumns } from '../../store-contract/store-contract';
import type { CommandHandlers } from '../command-handlers';
import { QueryTurns } from '../query-turns';
import { readEvents } from './events';

/** The most events that one query for connection times reads. */
const MAX_SPAN_EVENTS = 20_000;

export interface HistoryHandlersContext {
  clock: Clock;
  devices: DeviceRegistry;
  series: SeriesTable;
  events: EventLog;
  settings: SettingsStore;
  /** Null with `--store memory`. */
  history: History | null;
  memory: RingMemory;
  info: () => HubInfo;
  /** Deletes a device's samples and events. */
  forgetPast: (device: string) => Promise<void>;
}

export function createHistoryHandlers(
  context: HistoryHandlersContext,
): CommandHandlers<keyof typeof historyCommands> {
  const { clock, devices, series, settings, history, memory, info, forgetPast } = context;
  const queryTurns = new QueryTurns();
  return {
    query({ device, metric, series: ids, ...range }, caller, signal) {
      let wanted: Series[];
      if (ids) wanted = ids.flatMap((id) => series.byId(id) ?? []);
      else if (device === undefined)
        throw new FaultError('BAD_PARAMS', 'A query must name a device or series.');
      else wanted = series.ofDevice(devices.require(device).id);
      if (metric !== undefined) wanted = wanted.filter((one) => one.metric === metric);
      if (!(range.from < range.to)) throw new FaultError('BAD_RANGE', '"from" must be before "to".');
      return queryTurns.run(caller.browser ?? caller.from, () => {
        if (signal?.aborted) throw new FaultError('CANCELLED', 'The request was cancelled.');
        return answerQuery(history, wanted, range, signal);
      });
    },
    async getStorage() {
      const { store } = history ?? {};
      const stats = store?.isReadable === true ? await store.stats() : null;
      return {
        store: history ? 'sqlite' : 'memory',
        dataDir: info().dataDir,
        fileBytes: stats?.fileBytes ?? 0,
        budgetBytes: stats?.budgetBytes ?? settings.current.retention.budgetBytes,
        tiers: stats?.tiers ?? [],
        seriesCount: stats?.seriesCount ?? series.size,
        memoryBytes: memory.usedBytes,
        problem: store?.problem ?? stats?.problem ?? null,
      };
    },
    async getExtent({ device }) {
      devices.require(device);
      await history?.flush();
      return history?.store.isReadable === true ? history.store.extent(device) : null;
    },
    async deleteDeviceData({ device: id }) {
      const device = devices.require(id);
      await forgetPast(id);
      devices.seriesChanged(device);
      return null;
    },
    async listConnectionSpans({ from, to }) {
      const events = await readEvents(context, { from, to, limit: MAX_SPAN_EVENTS });
      const connected = new Set<string>();
      for (const device of devices.all()) if (device.isPresent) connected.add(device.id);
      return connectionSpans(events, from, Math.min(to, clock.now()), connected);
    },
  };
}

/**
 * Answers a query: from memory if the rings hold the whole range, otherwise from disk, after pending writes have
 * finished. All answers have the same shape. Rejects with `CANCELLED` once `signal` is aborted.
 */
async function answerQuery(
  history: History | null,
  series: readonly Series[],
  range: QueryRange,
  signal?: AbortSignal,
): Promise<QueryResult> {
  const fits = range.points === undefined && ringCovers(series, range.from);
  // If the history cannot be read, memory still holds the newest samples.
  if (!history?.store.isReadable || fits) return querySeries(series, range);
  await history.flush();
  const columns = await history.store.query({ series: series.map((one) => one.id), ...range }, signal);
  const byId = new Map(columns.map((one) => [one.series, one]));
  return { series: series.map((one) => toAnswer(one, byId.get(one.id))) };
}

function toAnswer(series: Series, columns: StoreColumns | undefined): QuerySeries {
  const { device, metric, labels, unit, kind } = series;
  const answer: QuerySeries = { device, metric, labels, unit, kind, t: Array.from(columns?.t ?? []) };
  for (const name of ['v', 'min', 'max', 'avg'] as const) {
    const column = columns?.[name];
    if (column) answer[name] = Array.from(column, (value) => (Number.isNaN(value) ? null : value));
  }
  if (!columns) answer.v = [];
  return answer;
}
