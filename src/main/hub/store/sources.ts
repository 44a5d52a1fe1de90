import type { StatementSync, DatabaseSync } from 'node:sqlite';
import { BlockReader, type Block } from './codec/block';
import { CodecError } from './codec/byte-reader';
import { chunkPlace } from './checksums';
import type { ChunkInfo, ChunkTable } from './chunk-table';
import type { JournalRecord } from './device-state';
import { lowerBound } from '../samples/lower-bound';
import { mergeBlocks, sliceBlock } from './merge-blocks';

/** Journal records are younger than any chunk with the same time. */
const JOURNAL_ORDER = 2 ** 50;

/** Where a damaged block is. */
export interface Damaged {
  table: 'chunks' | 'journal';
  id: number;
}

/**
 * One stored block that covers `[from, to]`. If two have the same time and column, the one with the higher order
 * wins.
 */
export interface Source {
  from: number;
  to: number;
  order: number;
  table: Damaged['table'];
  id: number;
  /** The checksum of its place, see `checksums.ts`. */
  place: number;
  bytes(): Uint8Array | null;
}

/** Called with a chunk or a journal record that cannot be read; reading continues without it. */
export type OnDamage = (damaged: Damaged, error: Error) => void;

export function chunkSource(info: ChunkInfo, chunks: ChunkTable): Source {
  const { id, from, to } = info;
  return { from, to, order: id, table: 'chunks', id, place: chunkPlace(info), bytes: () => chunks.read(id) };
}

export class JournalReader {
  readonly #read: StatementSync;

  constructor(db: DatabaseSync) {
    this.#read = db.prepare('SELECT block FROM journal WHERE id = ?');
  }

  source(record: JournalRecord): Source {
    return {
      from: record.from,
      to: record.to,
      order: JOURNAL_ORDER + record.id,
      table: 'journal',
      id: record.id,
      place: record.place,
      bytes: () => this.read(record.id),
    };
  }

  read(id: number): Uint8Array | null {
    const bytes = this.#read.get(id)?.['block'];
    return bytes instanceof Uint8Array ? bytes : null;
  }
}

/** Reads some columns of a source (null: all); null when the source is damaged, or has none of them. */
export function readSource(
  source: Source,
  columns: readonly number[] | null,
  onDamage: OnDamage,
): Block | null {
  const bytes = source.bytes();
  try {
    if (!bytes) throw new CodecError('A block is not there.');
    const reader = new BlockReader(bytes, source.place);
    if (!columns) return reader.all();
    const block: Block = { t: reader.t, columns: [] };
    for (const id of columns) {
      const v = reader.column(id);
      if (v) block.columns.push({ id, v });
    }
    return block.columns.length > 0 ? block : null;
  } catch (error) {
    onDamage(
      { table: source.table, id: source.id },
      error instanceof Error ? error : new CodecError(String(error)),
    );
    return null;
  }
}

/**
 * Blocks of the range `[from, to)` in time order, not overlapping, read on demand. Sources that overlap in time are
 * merged. `columns` must be rising; null reads all.
 */
export function* blocksInOrder(
  sources: Source[],
  columns: readonly number[] | null,
  from: number,
  to: number,
  onDamage: OnDamage,
): Generator<Block, void> {
  sources.sort((a, b) => a.from - b.from);
  let start = 0;
  while (start < sources.length) {
    let end = start + 1;
    let reach = sources[start]?.to ?? 0;
    while (end < sources.length && (sources[end]?.from ?? 0) <= reach) {
      reach = Math.max(reach, sources[end]?.to ?? 0);
      end++;
    }
    const cluster = sources.slice(start, end).sort((a, b) => a.order - b.order);
    start = end;
    const blocks: Block[] = [];
    for (const source of cluster) {
      const block = readSource(source, columns, onDamage);
      const part = block && clip(block, from, to);
      if (part && part.t.length > 0) blocks.push(part);
    }
    if (blocks.length > 0) yield mergeBlocks(blocks);
  }
}

function clip(block: Block, from: number, to: number): Block {
  return sliceBlock(block, lowerBound(block.t, from), lowerBound(block.t, to));
}
