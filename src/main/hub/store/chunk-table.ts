import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BlockEncoder, type Block } from './codec/block';
import { chunkPlace, type ChunkPlace } from './checksums';
import { unpaused, type Pausing } from './pauses';
import { cutBlock } from './row-blocks';
import { MAX_CHUNK_CELLS, WINDOW_MS, floorTo, type Tier } from '../store-contract/tiers';

/** Everything about a chunk except its bytes; read from the index alone. */
export interface ChunkInfo extends ChunkPlace {
  id: number;
  rows: number;
  cells: number;
  samples: number;
  bytes: number;
}

/** A chunk that can be written. */
export interface EncodedChunk extends ChunkPlace {
  rows: number;
  cells: number;
  samples: number;
  bytes: Uint8Array;
}

/**
 * Damaged chunks keep their bytes but are moved to a tier with this offset, so that queries skip them and retention
 * still deletes them.
 */
export const DAMAGED_TIER_OFFSET = 16;
/** zstd's levels. Small chunks in a window that still grows will soon be merged, and compressed well then. */
const LIGHT_LEVEL = 1;
const SEALED_LEVEL = 6;
/** From this size on a chunk counts as complete. */
const WHOLE_AT_CELLS = MAX_CHUNK_CELLS / 2;
const COLUMNS = 'id, device, tier, from_t, to_t, rows, cells, samples, bytes';

/**
 * Access to the chunks through one database connection. Chunks of one device and tier never cross a window of that
 * tier.
 */
export class ChunkTable {
  readonly #db: DatabaseSync;
  readonly #inRange: StatementSync;
  readonly #after: StatementSync;
  readonly #before: StatementSync;
  readonly #read: StatementSync;
  readonly #lost: StatementSync;
  #encoder: BlockEncoder | null = null;
  #insert: StatementSync | null = null;
  #delete: StatementSync | null = null;

  constructor(db: DatabaseSync) {
    this.#db = db;
    const select = `SELECT ${COLUMNS} FROM chunks WHERE device = ? AND tier = ?`;
    this.#inRange = db.prepare(`${select} AND from_t >= ? AND from_t < ? AND to_t >= ? ORDER BY from_t`);
    this.#after = db.prepare(`${select} AND from_t >= ? AND to_t >= ? ORDER BY from_t LIMIT ?`);
    this.#before = db.prepare(`${select} AND from_t < ? AND from_t >= ? ORDER BY from_t DESC LIMIT ?`);
    this.#read = db.prepare('SELECT block FROM chunks WHERE id = ?');
    this.#lost = db.prepare(
      'SELECT from_t, to_t FROM chunks WHERE device = ? AND tier = ? AND from_t < ? AND to_t >= ?',
    );
  }

  /** Chunks that may contain times in `[from, to)`, by their first time. */
  inRange(device: number, tier: Tier, from: number, to: number): ChunkInfo[] {
    const start = Number.isFinite(from) ? floorTo(from, WINDOW_MS[tier]) : from;
    return this.#inRange.all(device, tier, start, to, from).map(toInfo);
  }

  /** The first chunks that reach `from` or beyond. */
  after(device: number, tier: Tier, from: number, limit: number): ChunkInfo[] {
    return this.#after.all(device, tier, floorTo(from, WINDOW_MS[tier]), from, limit).map(toInfo);
  }

  /** The last chunks that begin in `[notBefore, before)`, latest first. */
  before(device: number, tier: Tier, before: number, notBefore: number, limit: number): ChunkInfo[] {
    return this.#before.all(device, tier, before, notBefore, limit).map(toInfo);
  }

  /** The stretches of a tier whose chunks were lost, of those that touch `[from, to)`; both ends included. */
  lost(device: number, tier: Tier, from: number, to: number): { from: number; to: number }[] {
    return this.#lost
      .all(device, tier + DAMAGED_TIER_OFFSET, to, from)
      .map((row) => ({ from: Number(row['from_t']), to: Number(row['to_t']) }));
  }

  /** Reads a chunk; null when it no longer exists. */
  read(id: number): Uint8Array | null {
    const bytes = this.#read.get(id)?.['block'];
    return bytes instanceof Uint8Array ? bytes : null;
  }

  /** Writes a block as chunks, see {@link encodeChunks}. Call within a transaction. */
  write(device: number, tier: Tier, block: Block): void {
    this.#encoder ??= new BlockEncoder();
    this.insert(unpaused(encodeChunks(this.#encoder, device, tier, block)));
  }

  /** Call within a transaction. */
  insert(chunks: readonly EncodedChunk[]): void {
    this.#insert ??= this.#db.prepare(
      `INSERT INTO chunks (device, tier, from_t, to_t, rows, cells, samples, bytes, block)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const { device, tier, from, to, rows, cells, samples, bytes } of chunks) {
      this.#insert.run(device, tier, from, to, rows, cells, samples, bytes.length, bytes);
    }
  }

  delete(id: number): void {
    this.#delete ??= this.#db.prepare('DELETE FROM chunks WHERE id = ?');
    this.#delete.run(id);
  }
}

/**
 * Encodes a block as chunks that cross no window; those in the window of `now` are compressed with less effort. Pauses.
 */
export function* encodeChunks(
  encoder: BlockEncoder,
  device: number,
  tier: Tier,
  block: Block,
  now = Number.POSITIVE_INFINITY,
): Pausing<EncodedChunk[]> {
  const chunks: EncodedChunk[] = [];
  for (const part of cutBlock(block, WINDOW_MS[tier])) {
    if (part.columns.length === 0) continue;
    const rows = part.t.length;
    const cells = rows * part.columns.length;
    const from = part.t[0] ?? 0;
    const to = part.t[rows - 1] ?? 0;
    const isGrowing = floorTo(to, WINDOW_MS[tier]) === floorTo(now, WINDOW_MS[tier]);
    const level = isGrowing && cells < WHOLE_AT_CELLS ? LIGHT_LEVEL : SEALED_LEVEL;
    const place = chunkPlace({ device, tier, from, to });
    const { bytes, samples } = yield* encoder.encode(part, level, place);
    chunks.push({ device, tier, from, to, rows, cells, samples, bytes });
    yield;
  }
  return chunks;
}

function toInfo(row: Record<string, unknown>): ChunkInfo {
  return {
    id: Number(row['id']),
    device: Number(row['device']),
    tier: Number(row['tier']),
    from: Number(row['from_t']),
    to: Number(row['to_t']),
    rows: Number(row['rows']),
    cells: Number(row['cells']),
    samples: Number(row['samples']),
    bytes: Number(row['bytes']),
  };
}
