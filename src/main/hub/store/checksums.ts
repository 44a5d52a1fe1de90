import { crc32 } from 'node:zlib';
import type { DatabaseSync } from 'node:sqlite';

/** A chunk's place: what its row says of it, on which the checksum of its block depends. */
export interface ChunkPlace {
  device: number;
  tier: number;
  from: number;
  to: number;
}

/** A journal record's place, which also is the checksum of its row. */
export interface RecordPlace {
  id: number;
  device: number;
  from: number;
  to: number;
  rows: number;
  columns: number;
}

export function chunkPlace({ device, tier, from, to }: ChunkPlace): number {
  return sumOfNumbers(device, tier, from, to);
}

export function recordPlace({ id, device, from, to, rows, columns }: RecordPlace): number {
  return sumOfNumbers(id, device, from, to, rows, columns);
}

function sumOfNumbers(...numbers: number[]): number {
  return crc32(new Uint8Array(Float64Array.from(numbers).buffer));
}

/** The checksum of a block of series: of its bytes, its place and how many there are. */
export function seriesBlockSum(id: number, count: number, block: Uint8Array): number {
  return crc32(block, sumOfNumbers(id, count));
}

/** The checksum of a row of a small table: of its columns in order, without the checksum itself. */
export function rowSum(...values: readonly unknown[]): number {
  return crc32(JSON.stringify(values));
}

/** The same as an SQL function, for migrations: `row_sum(a, b, …)`. */
export function addRowSum(db: DatabaseSync): void {
  db.function('row_sum', { deterministic: true, varargs: true }, (...values) => rowSum(...values));
}

/**
 * The checksum of a mark, in SQL, because a mark's number is computed there: only `seq` matters, and that it belongs to
 * this device.
 */
export const MARK_SUM_SQL = (device: string, seq: string): string =>
  `(${seq} % 2147483647) * 31 + ${device} * 17`;

export function markSum(device: number, seq: number): number {
  return (seq % 2_147_483_647) * 31 + device * 17;
}
