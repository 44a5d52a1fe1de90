import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { rowSum } from './checksums';
import type { ChunkTable } from './chunk-table';
import type { Catalog } from './catalog';
import type { DeviceState } from './device-state';
import type { Block } from './codec/block';
import { pickRows } from './merge-blocks';
import { foldRollups } from './rollup';
import { blocksInOrder, chunkSource, readSource, type OnDamage } from './sources';
import { damageError } from './sqlite-errors';
import { DAY_MS, floorTo, HOUR, HOUR_MS, MINUTE, WINDOW_MS } from '../store-contract/tiers';

/** After the end of an hour, its last rows get this long to arrive and be sealed. */
const GRACE_MS = 12 * 60_000;
/** Hours this far ahead come from a wrong clock; no more rows are expected for them, so they are not waited for. */
const FAR_AHEAD_MS = DAY_MS;
const HOURS_AT_ONCE = 48;

/** Which hours of which devices need a (new) roll-up, stored on disk so that a crash loses none. */
export class HourTable {
  readonly #mark: StatementSync;
  readonly #clear: StatementSync;

  constructor(db: DatabaseSync) {
    this.#mark = db.prepare('INSERT OR IGNORE INTO dirty_hours (device, hour, sum) VALUES (?, ?, ?)');
    this.#clear = db.prepare('DELETE FROM dirty_hours WHERE device = ? AND hour = ?');
  }

  load(db: DatabaseSync, catalog: Catalog): void {
    for (const row of db.prepare('SELECT device, hour, sum FROM dirty_hours').iterate()) {
      const [device, hour] = [Number(row['device']), Number(row['hour'])];
      if (row['sum'] !== rowSum(device, hour)) throw damageError('the list of hours to roll up is damaged');
      catalog.byId(device)?.dirtyHours.add(hour);
    }
  }

  markDirty(device: number, hours: Iterable<number>): void {
    for (const hour of hours) this.#mark.run(device, hour, rowSum(device, hour));
  }

  clear(device: number, hour: number): void {
    this.#clear.run(device, hour);
  }
}

/** The hours of a device that have ended and are not rolled up, earliest first, a bounded number. */
export function hoursDue(device: DeviceState, now: number): number[] {
  const due: number[] = [];
  for (const hour of device.dirtyHours) {
    if (hour + HOUR_MS + GRACE_MS <= now || hour > now + FAR_AHEAD_MS) due.push(hour);
  }
  return due.sort((a, b) => a - b).slice(0, HOURS_AT_ONCE);
}

/** Computes roll-ups of hours from those of their minutes, within a transaction. */
export function rollUpHours(
  chunks: ChunkTable,
  table: HourTable,
  device: DeviceState,
  hours: readonly number[],
  /** Minutes up to here were deleted, so earlier hours are added to instead of being recomputed. */
  minuteFloor: number,
  onDamage: OnDamage,
): void {
  for (const part of byWindow(hours)) {
    const wanted = new Set(part);
    const lost = chunks.lost(device.id, MINUTE, part[0] ?? 0, (part.at(-1) ?? 0) + HOUR_MS);
    for (const hour of part) {
      // Without some of its minutes, an hour would be wrong.
      if (lost.some((span) => span.from < hour + HOUR_MS && span.to >= hour)) wanted.delete(hour);
    }
    if (wanted.size < part.length)
      forget(
        chunks,
        device,
        part.filter((hour) => !wanted.has(hour)),
        onDamage,
      );
    const from = part[0] ?? 0;
    const to = (part.at(-1) ?? 0) + HOUR_MS;
    const isWanted = (time: number): boolean => wanted.has(floorTo(time, HOUR_MS));
    const blocks: Block[] = [];
    if (from <= minuteFloor) {
      const stored = chunks.inRange(device.id, HOUR, from, to).map((info) => chunkSource(info, chunks));
      for (const block of blocksInOrder(stored, null, from, to, onDamage)) {
        blocks.push(pickRows(block, (time) => time <= minuteFloor && isWanted(time)));
      }
    }
    const sources = chunks.inRange(device.id, MINUTE, from, to).map((info) => chunkSource(info, chunks));
    for (const block of blocksInOrder(sources, null, from, to, onDamage))
      blocks.push(pickRows(block, isWanted));
    if (blocks.length > 0) chunks.write(device.id, HOUR, foldRollups(blocks, HOUR_MS));
    for (const hour of part) table.clear(device.id, hour);
  }
}

/** Takes hours out of the chunks that have them. */
function forget(chunks: ChunkTable, device: DeviceState, hours: readonly number[], onDamage: OnDamage): void {
  const gone = new Set(hours);
  for (const info of chunks.inRange(device.id, HOUR, hours[0] ?? 0, (hours.at(-1) ?? 0) + HOUR_MS)) {
    const block = readSource(chunkSource(info, chunks), null, onDamage);
    if (!block?.t.some((time) => gone.has(time))) continue;
    chunks.delete(info.id);
    const kept = pickRows(block, (time) => !gone.has(time));
    if (kept.t.length > 0) chunks.write(device.id, HOUR, kept);
  }
}

/** Groups hours whose minutes are in the same chunks. */
function byWindow(hours: readonly number[]): number[][] {
  const parts = new Map<number, number[]>();
  for (const hour of hours) {
    const window = floorTo(hour, WINDOW_MS[MINUTE]);
    const part = parts.get(window);
    if (part) part.push(hour);
    else parts.set(window, [hour]);
  }
  return [...parts.values()];
}
