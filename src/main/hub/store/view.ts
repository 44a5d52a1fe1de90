import type { MetricKind } from '@shared/model';
import type { Block } from './codec/block';
import type { ChunkTable } from './chunk-table';
import type { JournalRecord } from './device-state';
import { NEIGHBOUR_CHUNKS } from './merger';
import { priorReadings } from './prior-readings';
import type { Coverage } from './segments';
import { blocksInOrder, chunkSource, type JournalReader, type OnDamage, type Source } from './sources';
import { LOOKBACK_MS, RAW, type Tier } from '../store-contract/tiers';

/** One device as it was when the query began. */
export interface DeviceView extends Coverage {
  id: number;
  journal: readonly JournalRecord[];
}

/** What a query reads from: one moment of the database, and what is in memory of that moment. */
export interface View {
  chunks: ChunkTable;
  journal: JournalReader;
  devices: readonly { device: DeviceView; series: { id: number; kind: MetricKind }[] }[];
  onDamage: OnDamage;
  /** Lets other work run when this query had its share; throws when it was cancelled. */
  turn: () => Promise<void> | undefined;
}

/** The blocks of one tier with these columns in `[from, to)`; at full resolution, rows that are not sealed yet too. */
export function blocksOf(
  view: View,
  device: DeviceView,
  tier: Tier,
  columns: readonly number[],
  from: number,
  to: number,
): Generator<Block, void> {
  const sources: Source[] = view.chunks
    .inRange(device.id, tier, from, to)
    .map((info) => chunkSource(info, view.chunks));
  if (tier === RAW) {
    for (const record of device.journal) {
      if (record.to >= from && record.from < to) sources.push(view.journal.source(record));
    }
  }
  return blocksInOrder(sources, columns, from, to, view.onDamage);
}

/** The last reading of each counter before a time, since a rate takes two readings. */
export function readingsBefore(
  view: View,
  device: DeviceView,
  counters: readonly number[],
  before: number,
): ReturnType<typeof priorReadings> {
  if (counters.length === 0) return new Map();
  const sources: Source[] = view.chunks
    .before(device.id, RAW, before, before - LOOKBACK_MS, NEIGHBOUR_CHUNKS)
    .map((info) => chunkSource(info, view.chunks));
  for (const record of device.journal) {
    if (record.from < before && record.to >= before - LOOKBACK_MS) sources.push(view.journal.source(record));
  }
  return priorReadings(sources, counters, before, view.onDamage);
}
