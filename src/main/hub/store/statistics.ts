import { bytesOnDisk } from './database';
import type { StoreState } from './state';
import type { Retention, StoreStats, TierStats } from '../store-contract/store-contract';
import { HOUR, MINUTE, RAW, TIERS, type Tier } from '../store-contract/tiers';

const NAMES: Readonly<Record<Tier, TierStats['tier']>> = { [RAW]: 'raw', [MINUTE]: 'minute', [HOUR]: 'hour' };

/** The amount of data on disk by tier, read from the index. */
export function statsOf(state: StoreState, retention: Retention): Omit<StoreStats, 'problem'> {
  const { db, path, catalog } = state;
  const journal = db
    .prepare(
      `SELECT sum(length(block)) AS bytes, sum(samples) AS samples, min(from_t) AS oldest, max(to_t) AS newest
       FROM journal`,
    )
    .get();
  const tiers: TierStats[] = [toStats('journal', journal)];
  const byTier = new Map<number, Record<string, unknown>>();
  const rows = db
    .prepare(
      `SELECT tier, sum(bytes) AS bytes, sum(samples) AS samples, min(from_t) AS oldest, max(to_t) AS newest
       FROM chunks INDEXED BY chunks_by_time GROUP BY tier`,
    )
    .all();
  for (const row of rows) byTier.set(Number(row['tier']), row);
  for (const tier of TIERS) tiers.push(toStats(NAMES[tier], byTier.get(tier)));
  return {
    fileBytes: bytesOnDisk(path),
    budgetBytes: retention.budgetBytes,
    tiers,
    seriesCount: catalog.seriesCount,
  };
}

/** The oldest and newest known time of a device, in any tier; null when there is none. */
export function extentOf(state: StoreState, name: string): { oldest: number; newest: number } | null {
  const device = state.catalog.find(name);
  if (!device) return null;
  let oldest = Number.POSITIVE_INFINITY;
  let newest = Number.NEGATIVE_INFINITY;
  for (const { from, to } of device.journal) {
    oldest = Math.min(oldest, from);
    newest = Math.max(newest, to);
  }
  const edges = state.db.prepare('SELECT min(from_t) AS oldest FROM chunks WHERE device = ? AND tier = ?');
  const ends = state.db.prepare(
    'SELECT to_t FROM chunks WHERE device = ? AND tier = ? ORDER BY from_t DESC LIMIT 8',
  );
  for (const tier of TIERS) {
    const first = edges.get(device.id, tier)?.['oldest'];
    if (typeof first === 'number') oldest = Math.min(oldest, first);
    for (const row of ends.all(device.id, tier)) newest = Math.max(newest, Number(row['to_t']));
  }
  return oldest <= newest ? { oldest, newest } : null;
}

function toStats(tier: TierStats['tier'], row: Record<string, unknown> | undefined): TierStats {
  const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return {
    tier,
    bytes: Number(row?.['bytes'] ?? 0),
    samples: Number(row?.['samples'] ?? 0),
    oldest: numberOrNull(row?.['oldest']),
    newest: numberOrNull(row?.['newest']),
  };
}
