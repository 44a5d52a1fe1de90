import { FaultError } from '@shared/errors';
import type { QueryResult, QuerySeries, StorageInfo } from '@shared/model';
import type { Core } from '../core';
import { querySeries, type QueryRange } from '../live/ring-query';
import { ringCovers } from '../live/read-series';
import type { Series } from '../series/series';
import { connectionSpans } from '../events/connection-spans';
import type { StoreColumns } from '../store-contract/store-contract';

/** The most events read to list connection spans. */
const MAX_SPAN_EVENTS = 20_000;

/**
 * Answers a query from memory if the rings hold the whole range, otherwise from disk, after pending writes have
 * arrived there. Both give answers of the same shape. Rejects with `CANCELLED` once `signal` is aborted.
 */
export async function answerQuery(
  core: Core,
  series: readonly Series[],
  range: QueryRange,
  signal?: AbortSignal,
): Promise<QueryResult> {
  const { history } = core;
  const fits = range.points === undefined && ringCovers(series, range.from);
  if (!history || fits) return querySeries(series, range);
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

export async function storageInfo(core: Core, dataDir: string, memoryBytes: number): Promise<StorageInfo> {
  const stats = await core.history?.store.stats();
  return {
    store: core.history ? 'sqlite' : 'memory',
    dataDir,
    fileBytes: stats?.fileBytes ?? 0,
    budgetBytes: stats?.budgetBytes ?? core.settings.current.retention.budgetBytes,
    tiers: stats?.tiers ?? [],
    seriesCount: stats?.seriesCount ?? core.series.size,
    memoryBytes,
    problem: stats?.problem ?? null,
  };
}

export async function listEvents(
  core: Core,
  device: string | undefined,
  from: number,
  to: number,
  limit: number,
) {
  if (!core.history) return core.events.list(device, from, to, limit);
  await core.history.flush();
  return core.history.store.events({ device, from, to, limit });
}

export async function listConnectionSpans(core: Core, from: number, to: number) {
  const events = await listEvents(core, undefined, from, to, MAX_SPAN_EVENTS);
  const connected = new Set<string>();
  for (const device of core.devices.all()) if (device.sessions.size > 0) connected.add(device.id);
  return connectionSpans(events, from, Math.min(to, core.clock.now()), connected);
}

/** Changes a user's note in memory and on disk. */
export async function changeNote(core: Core, id: number, text: string | null): Promise<null> {
  await core.history?.flush();
  const inMemory = core.events.change(id, text);
  if (!core.history && !inMemory) throw new FaultError('NO_SUCH_NOTE', 'Note not found.');
  await core.history?.store.updateEvent(id, text);
  return null;
}
