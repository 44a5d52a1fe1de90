import type { DatabaseSync } from 'node:sqlite';
import { DAMAGED_TIER_OFFSET } from './chunk-table';
import type { Catalog } from './catalog';
import { numberOf } from './database';
import { floorKey, readMeta, writeMeta } from './meta';
import type { Retention } from '../store-contract/store-contract';
import { DAY_MS, HOUR, HOUR_MS, MINUTE, RAW, TIERS, type Tier } from '../store-contract/tiers';

/** Chunks deleted in one step, so that history is deleted gradually. */
const DROP_AT_ONCE = 16;
/** The budget never deletes samples younger than this. */
const KEEP_RAW_MS = HOUR_MS;
const KEEP_MINUTES_MS = DAY_MS;

/**
 * How far back each tier reaches: chunks up to that time were deleted, of all devices for their age, of single ones to
 * hold the budget.
 */
export class Floors {
  readonly #db: DatabaseSync;
  readonly #floors: Record<Tier, number> = {
    [RAW]: Number.NEGATIVE_INFINITY,
    [MINUTE]: Number.NEGATIVE_INFINITY,
    [HOUR]: Number.NEGATIVE_INFINITY,
  };

  /** Those of single devices, by their keys. */
  readonly #own = new Map<string, number>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    for (const row of db.prepare("SELECT key FROM meta WHERE key GLOB 'floor-*-*'").all()) {
      const key = String(row['key']);
      const time = readMeta(db, key);
      if (time !== null) this.#own.set(key, time);
    }
    for (const tier of TIERS) {
      this.#floors[tier] = readMeta(db, floorKey(tier)) ?? Number.NEGATIVE_INFINITY;
    }
  }

  /** That of one device, or of all. */
  get(tier: Tier, device: number | null = null): number {
    const own = device === null ? undefined : this.#own.get(floorKey(tier, device));
    return Math.max(this.#floors[tier], own ?? Number.NEGATIVE_INFINITY);
  }

  /** Raises a tier's limit, of one device or of all. Call within a transaction. */
  raise(tier: Tier, time: number, device: number | null = null): void {
    if (time <= this.get(tier, device)) return;
    const key = floorKey(tier, device);
    if (device === null) this.#floors[tier] = time;
    else this.#own.set(key, time);
    writeMeta(this.#db, key, time);
  }

  /** A device was deleted; its number may be given to another. Call within a transaction. */
  forget(device: number): void {
    for (const tier of TIERS) {
      const key = floorKey(tier, device);
      if (this.#own.delete(key)) this.#db.prepare('DELETE FROM meta WHERE key = ?').run(key);
    }
  }
}

/**
 * One step of deletion, within a transaction: first data over its age limit, then, while the file holds more than the
 * budget, the oldest raw samples, then minutes, then hours, of the devices that take more than their fair share of it.
 * Freed pages are reused; the file is never rewritten. Returns how many chunks were deleted.
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
  const excess = bytesInUse(db) - retention.budgetBytes;
  if (excess <= 0) return 0;
  // Where who takes too much has nothing left to lose, the budget is held all the same.
  for (const greedy of [overShare(db, excess), null]) {
    const dropped =
      dropOldest(db, catalog, floors, RAW, now - KEEP_RAW_MS, greedy) ||
      dropOldest(db, catalog, floors, MINUTE, now - KEEP_MINUTES_MS, greedy) ||
      dropOldest(db, catalog, floors, HOUR, now - KEEP_MINUTES_MS, greedy) ||
      dropOldest(db, catalog, floors, RAW, Number.POSITIVE_INFINITY, greedy);
    if (dropped > 0) return dropped;
  }
  return 0;
}

/**
 * The devices that take more than their fair share, by their numbers. `excess` bytes have to go. The share is the level at which that is so when every device above it is cut down to it (max-min fairness):
 * who takes little keeps all, whatever others write.
 */
function overShare(db: DatabaseSync, excess: number): Set<number> {
  const sizes = db
    .prepare('SELECT device, sum(bytes) AS bytes FROM chunks GROUP BY device')
    .all()
    .map((row) => ({ device: Number(row['device']), bytes: Number(row['bytes']) }))
    .sort((a, b) => b.bytes - a.bytes);
  let above = 0;
  let share = 0;
  for (const [i, { bytes }] of sizes.entries()) {
    above += bytes;
    share = (above - excess) / (i + 1);
    if (share >= (sizes[i + 1]?.bytes ?? 0)) break;
  }
  return new Set(sizes.flatMap(({ device, bytes }) => (bytes > share ? [device] : [])));
}

/** Deletes a bounded number of chunks of deleted devices, within a transaction; returns how many. */
export function dropOrphans(db: DatabaseSync, floors: Floors): number {
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
  floors.forget(orphan);
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
  device: number;
  to: number;
}

/**
 * Deletes the oldest chunks of a tier that end before `before`: of any device for their age (without `greedy`), or, to
 * hold the budget, of those that take too much of it (null: of any).
 */
function dropOldest(
  db: DatabaseSync,
  catalog: Catalog,
  floors: Floors,
  tier: Tier,
  before: number,
  greedy?: ReadonlySet<number> | null,
): number {
  const oldest = db.prepare(
    'SELECT id, to_t FROM chunks WHERE device = ? AND tier = ? ORDER BY from_t LIMIT ?',
  );
  const remove = db.prepare('DELETE FROM chunks WHERE id = ?');
  const candidates: Candidate[] = [];
  const perDevice = catalog.deviceCount > 100 ? 2 : DROP_AT_ONCE;
  for (const device of catalog.devices) {
    if (greedy && !greedy.has(device.id)) continue;
    for (const kept of [tier, tier + DAMAGED_TIER_OFFSET]) {
      for (const row of oldest.all(device.id, kept, perDevice)) {
        const to = Number(row['to_t']);
        if (to >= before) continue;
        candidates.push({ id: Number(row['id']), device: device.id, to });
      }
    }
  }
  candidates.sort((a, b) => a.to - b.to);
  const going = candidates.slice(0, DROP_AT_ONCE);
  for (const { id, device, to } of going) {
    remove.run(id);
    floors.raise(tier, to, greedy === undefined ? null : device);
  }
  return going.length;
}
