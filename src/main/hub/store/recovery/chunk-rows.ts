import { chunkPlace, recordPlace } from '../checksums';
import { isIntact } from '../codec/block';
import { DAMAGED_TIER_OFFSET } from '../chunk-table';
import type { Pages } from './pages';
import { joined, overflowPages, readRecord, type Value } from './records';
import type { FoundRow } from './trees';

/** What the row of a chunk says of it, verified by the checksum of its block if `block` is not null. */
export interface ChunkRow {
  id: number;
  device: number;
  tier: number;
  from: number;
  to: number;
  rows: number;
  cells: number;
  samples: number;
  bytes: number;
  block: Buffer | null;
}

export interface JournalRow {
  id: number;
  device: number;
  from: number;
  to: number;
  rows: number;
  samples: number;
  columns: number;
  block: Buffer | null;
  sum: number | null;
}

const CHUNK_COLUMNS = 10;
const JOURNAL_COLUMNS = [8, 9];
/** The pointer map gives a leaf the first overflow pages of all its rows; so many of them are tried. */
const MAX_TRIED = 64;

/** A row of the chunks, whose block may be spread over several pages; null when it is none. */
export function chunkRowOf(pages: Pages, row: FoundRow): ChunkRow | null {
  const found = readWhole(pages, row, toChunk, isWholeChunk);
  return found;
}

/** A row of the journal; null when it is none. */
export function journalRowOf(pages: Pages, row: FoundRow): JournalRow | null {
  return readWhole(pages, row, toRecord, isWholeRecord);
}

/**
 * Reads a row with a block by its chain of overflow pages and, where that leads to a block whose checksum is wrong, by
 * what the pointer map says of these pages. Without a whole block, what the row says of it.
 */
function readWhole<T extends { block: Buffer | null }>(
  pages: Pages,
  row: FoundRow,
  parse: (id: number, values: Value[]) => T | null,
  isWhole: (one: T) => boolean,
): T | null {
  const { rowId, cell } = row;
  if (rowId === null) return null;
  const values = row.values ?? headOf(row);
  const direct = values && parse(rowId, values);
  if (direct && row.values && isWhole(direct)) return direct;
  for (const chain of cell.overflow === 0 ? [] : chainsOf(pages, row)) {
    const payload = joined(pages, cell, chain);
    const record = payload && readRecord(payload);
    const one = record && parse(rowId, record);
    if (one && isWhole(one)) return one;
  }
  return direct && { ...direct, block: null };
}

/** The columns before the block, which are on the row's own page; the block is empty. */
function headOf({ cell }: FoundRow): Value[] | null {
  const padded = Buffer.alloc(cell.payloadBytes);
  cell.local.copy(padded);
  return readRecord(padded);
}

function* chainsOf(pages: Pages, { cell, page }: FoundRow): Generator<number[]> {
  const starts = [cell.overflow, ...pages.overflowOf(page).slice(0, MAX_TRIED)];
  for (const start of starts) {
    const chain = [start];
    while (chain.length < overflowPages(cell)) {
      const last = chain[chain.length - 1] ?? 0;
      const [next] = pages.overflowOf(last);
      if (next === undefined || chain.includes(next)) break;
      chain.push(next);
    }
    if (chain.length === overflowPages(cell)) yield chain;
  }
}

function toChunk(id: number, values: Value[]): ChunkRow | null {
  if (values.length !== CHUNK_COLUMNS || values[0] !== null) return null;
  const numbers = values.slice(1, -1);
  const block = values.at(-1);
  if (!numbers.every((value) => typeof value === 'number') || !Buffer.isBuffer(block)) return null;
  const [device = 0, tier = 0, from = 0, to = 0, rows = 0, cells = 0, samples = 0, bytes = 0] = numbers;
  if (!(from <= to) || tier < 0 || tier >= 3 * DAMAGED_TIER_OFFSET) return null;
  return { id, device, tier, from, to, rows, cells, samples, bytes, block };
}

function isWholeChunk(row: ChunkRow): boolean {
  // What is kept of a chunk that was found damaged before stays as it is.
  return row.tier >= DAMAGED_TIER_OFFSET || (row.block !== null && isIntact(row.block, chunkPlace(row)));
}

function toRecord(id: number, values: Value[]): JournalRow | null {
  if (!JOURNAL_COLUMNS.includes(values.length) || values[0] !== null) return null;
  const numbers = values.slice(1, 7);
  const block = values[7];
  const sum = values[8] ?? null;
  if (!numbers.every((value) => typeof value === 'number') || !Buffer.isBuffer(block)) return null;
  if (sum !== null && typeof sum !== 'number') return null;
  const [device = 0, from = 0, to = 0, rows = 0, samples = 0, columns = 0] = numbers;
  return from <= to ? { id, device, from, to, rows, samples, columns, block, sum } : null;
}

function isWholeRecord(row: JournalRow): boolean {
  return (
    row.block !== null &&
    isIntact(row.block, recordPlace(row)) &&
    (row.sum === null || row.sum === recordPlace(row))
  );
}
