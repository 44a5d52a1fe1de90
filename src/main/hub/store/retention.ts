import type { DatabaseSync } from 'node:sqlite';
import { DAMAGED_TIER_OFFSET } from './chunk-table';
import type { Catalog } from './catalog';
import { numberOf } from './database';
import { readMeta, writeMeta } from './meta';
import type { Retention } from '../store-contract/store-contract';
import { DAY_MS, HOUR, HOUR_MS, MINUTE, RAW, TIERS, type Tier } from '../store-contract/tiers';

/** Chunks deleted in one step, so that history is deleted gradually. */
const DROP_AT_ONCE = 16;
/** The budget never deletes samples younger than this. */
const KEEP_RAW_MS = HOUR_MS;
const KEEP_MINUTES_MS = DAY_MS;

export function floorKey(tier: Tier): string {
  return `floor-${tier}`;
}

/** How far back each tier reaches: chunks up to that time were deleted. */
export class Floors {
  readonly #db: DatabaseSync;
  readonly #floors: Record<Tier, number> = {
    [RAW]: Number.NEGATIVE_INFINITY,
    [MINUTE]: Number.NEGATIVE_INFINITY,
    [HOUR]: Number.NEGATIVE_INFINITY,
  };

  constructor(db: DatabaseSync) {
    this.#db = db;
    for (const tier of TIERS) {
      this.#floors[tier] = readMeta(db, floorKey(tier)) ?? Number.NEGATIVE_INFINITY;
    }
  }

  get(tier: Tier): number {
    return this.#floors[tier];
  }

  /** Raises a tier's limit. Call within a transaction. */
  raise(tier: Tier, time: number): void {
    if (time <= this.#floors[tier]) return;
    this.#floors[tier] = time;
    writeMeta(this.#db, floorKey(tier), time);
  }
}

/**
 * One step of deletion, within a transaction: first data over its age limit, then, while the file holds more than the
 * budget, the oldest raw samples, then minutes, then hours. Freed pages are reused; the file is never rewritten.
 * Returns how many chunks were deleted.
 */
export function dropSome(
  db: DatabaseSync,
  catalog: Catalog,
  floors: Floors,
  retention: Retention,
  now: number,
): number {
  const oldestAllowed: Record<Tier, number> = {
    [RAW]: now - retention.rawDays * DAY_MS,
    [MINUTE]: now - retention.minuteDays * DAY_MS,
    [HOUR]: now - retention.hourDays * DAY_MS,
  };
  for (const tier of TIERS) {
    const dropped = dropOldest(db, catalog, floors, tier, oldestAllowed[tier]);
    if (dropped > 0) return dropped;
  }
  if (bytesInUse(db) <= retention.budgetBytes) return 0;
  return (
    dropOldest(db, catalog, floors, RAW, now - KEEP_RAW_MS) ||
    dropOldest(db, catalog, floors, MINUTE, now - KEEP_MINUTES_MS) ||
    dropOldest(db, catalog, floors, HOUR, now - KEEP_MINUTES_MS) ||
    dropOldest(db, catalog, floors, RAW, Number.POSITIVE_INFINITY)
  );
}

/** Deletes a bounded number of chunks of deleted devices, within a transaction; returns how many. */
export function dropOrphans(db: DatabaseSync): number {
  const orphan = db.prepare('SELECT id FROM devices WHERE name IS NULL LIMIT 1').get()?.['id'];
  if (typeof orphan !== 'number') return 0;
  let dropped = 0;
  for (const table of ['chunks', 'journal']) {
    const limit = DROP_AT_ONCE - dropped;
    if (limit <= 0) break;
    dropped += Number(
      db
        .prepare(`DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE device = ? LIMIT ?)`)
        .run(orphan, limit).changes,
    );
  }
  if (dropped > 0) return dropped;
  db.prepare('DELETE FROM devices WHERE id = ?').run(orphan);
  return 1;
}

/** Bytes of the pages in use. */
export function bytesInUse(db: DatabaseSync): number {
  const pages = numberOf(db, 'PRAGMA page_count', 'page_count');
  const free = numberOf(db, 'PRAGMA freelist_count', 'freelist_count');
  return (pages - free) * numberOf(db, 'PRAGMA page_size', 'page_size');
}

interface Candidate {
  id: number;
  to: number;
}

/** Deletes the oldest chunks of a tier that end before `before`, from any device. */
function dropOldest(db: DatabaseSync, catalog: Catalog, floors: Floors, tier: Tier, before: number): number {
  const oldest = db.prepare(
    'SELECT id, to_t FROM chunks WHERE device = ? AND tier = ? ORDER BY from_t LIMIT ?',
  );
  const remove = db.prepare('DELETE FROM chunks WHERE id = ?');
  const candidates: Candidate[] = [];
  const perDevice = catalog.deviceCount > 100 ? 2 : DROP_AT_ONCE;
  for (const device of catalog.devices) {
    for (const kept of [tier, tier + DAMAGED_TIER_OFFSET]) {
      for (const row of oldest.all(device.id, kept, perDevice)) {
        const to = Number(row['to_t']);
        if (to < before) candidates.push({ id: Number(row['id']), to });
      }
    }
  }
  candidates.sort((a, b) => a.to - b.to);
  const going = candidates.slice(0, DROP_AT_ONCE);
  for (const { id, to } of going) {
    remove.run(id);
    floors.raise(tier, to);
  }
  return going.length;
}
