import type { Readings } from './rollup';
import { MAX_CHUNK_CELLS } from '../store-contract/tiers';

export interface JournalRecord {
  id: number;
  from: number;
  to: number;
  rows: number;
  cells: number;
  /** The checksum of its row, on which that of its block depends. */
  place: number;
  /** Whether the record was combined from others. */
  isCompact: boolean;
}

/** A device's journal with this many rows is sealed into a chunk, whatever their age. */
const SEAL_AT_ROWS = 600;
const SEAL_AFTER_MS = 10 * 60_000;
/** This many records of one commit each are combined into one, which keeps the journal small and quick to read. */
export const COMPACT_AT_RECORDS = 16;

/** What the worker keeps in memory about a device: where its unsealed rows are, but not the rows themselves. */
export class DeviceState {
  readonly id: number;
  readonly name: string;
  /** Sorted by id, which is the order of commits. */
  journal: JournalRecord[] = [];
  /** The start times of hours whose roll-up is missing or out of date. */
  readonly dirtyHours = new Set<number>();
  /** The latest time in a sealed chunk; sealing later rows does not affect existing chunks. */
  newestSealed = Number.NEGATIVE_INFINITY;
  rows = 0;
  cells = 0;
  /** Monotonic ms; NaN while the journal is empty. */
  waitingSince = Number.NaN;
  /** The last readings of counters at `newestSealed`, as repeated series, time, value. Null when unknown. */
  #tail: Float64Array | null = null;

  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
  }

  added(record: JournalRecord, now: number): void {
    this.journal.push(record);
    this.rows += record.rows;
    this.cells += record.cells;
    if (Number.isNaN(this.waitingSince)) this.waitingSince = now;
  }

  /** Replaces `count` records from index `from` on by others, whose ids keep the order. */
  replaced(from: number, count: number, by: JournalRecord[]): void {
    this.journal.splice(from, count, ...by);
    this.rows = 0;
    this.cells = 0;
    for (const { rows, cells } of this.journal) {
      this.rows += rows;
      this.cells += cells;
    }
  }

  /** Rows were sealed; the waiting time of the rest starts again. */
  sealed(now: number): void {
    this.waitingSince = this.journal.length > 0 ? now : Number.NaN;
  }

  isSealDue(now: number): boolean {
    if (this.rows >= SEAL_AT_ROWS || this.cells >= MAX_CHUNK_CELLS) return true;
    return this.isAged(now);
  }

  isAged(now: number): boolean {
    return now - this.waitingSince >= SEAL_AFTER_MS;
  }

  get looseRecords(): number {
    let count = 0;
    for (let i = this.journal.length - 1; i >= 0 && this.journal[i]?.isCompact === false; i--) count++;
    return count;
  }

  setTail(readings: Readings | null): void {
    if (!readings) {
      this.#tail = null;
      return;
    }
    const tail = new Float64Array(readings.size * 3);
    let at = 0;
    for (const [series, { t, v }] of readings) {
      tail[at++] = series;
      tail[at++] = t;
      tail[at++] = v;
    }
    this.#tail = tail;
  }

  tail(): Readings | null {
    if (!this.#tail) return null;
    const readings: Readings = new Map();
    for (let i = 0; i < this.#tail.length; i += 3) {
      readings.set(this.#tail[i] as number, {
        t: this.#tail[i + 1] as number,
        v: this.#tail[i + 2] as number,
      });
    }
    return readings;
  }
}
