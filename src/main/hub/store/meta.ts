import type { DatabaseSync } from 'node:sqlite';
import { rowSum } from './checksums';
import type { Tier } from '../store-contract/tiers';

/** Single numbers that the store keeps. A damaged one counts as missing. */
export function readMeta(db: DatabaseSync, key: string): number | null {
  const row = db.prepare('SELECT value, sum FROM meta WHERE key = ?').get(key);
  const value = row?.['value'];
  return typeof value === 'number' && row?.['sum'] === rowSum(key, value) ? value : null;
}

export function writeMeta(db: DatabaseSync, key: string, value: number): void {
  db.prepare('INSERT OR REPLACE INTO meta (key, value, sum) VALUES (?, ?, ?)').run(
    key,
    value,
    rowSum(key, value),
  );
}

/** The key of the time up to which chunks of a tier were deleted, of all devices or of one. */
export function floorKey(tier: Tier, device: number | null = null): string {
  return device === null ? `floor-${tier}` : `floor-${tier}-${device}`;
}
