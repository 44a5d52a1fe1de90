import type { Schema } from './schema';

/** One sampled row on its way to the hub. */
export interface QueuedRow {
  /** Rises within its stream; never used twice. */
  readonly seq: number;
  readonly schema: Schema;
  readonly values: readonly (number | null)[];
  /** Ms since the epoch: by this machine's clock until `settled`, by the hub's from then on. */
  t: number;
  /** The time is the hub's; sending the row again must not move it. */
  settled: boolean;
}

/** What had to be thrown away and the hub has not heard of. */
export interface LostRows {
  from: number;
  to: number;
  /** Values, not rows. */
  samples: number;
  /** The times are the hub's. */
  settled: boolean;
}

/**
 * Rows that the hub has not confirmed yet, as streams that each count their own rows: what was written while the
 * link was down stays on its old stream, so that live rows on a new one need not wait for it. Bounded; what is
 * oldest goes first. Implementations keep it in memory or on disk.
 */
export interface RowQueue {
  readonly rowCount: number;
  readonly byteCount: number;
  /** The stream that rows are added to. It may change by itself, between two rows. */
  readonly currentStream: string;
  /** Streams with rows, and the current one, oldest first. */
  readonly streams: readonly string[];
  /** `settled`: `t` is the hub's time already. Never throws. */
  push(t: number, schema: Schema, values: readonly (number | null)[], settled: boolean): void;
  /** Starts a new stream for the rows from now on. */
  openStream(): string;
  /** How many rows of a stream wait behind `afterSeq`. */
  countAfter(stream: string, afterSeq: number): number;
  /** The first rows of a stream behind `afterSeq` that share one schema, at most `maxRows` and about `maxBytes`. */
  take(stream: string, afterSeq: number, maxRows: number, maxBytes: number): readonly QueuedRow[];
  /** Adds `offsetMs` to the times of a stream's rows up to `seq` (at least) that are not settled, and keeps that. */
  settle(stream: string, seq: number, offsetMs: number): void;
  /** The hub has everything of the stream up to and including `seq`. Returns how many rows that freed. */
  acknowledge(stream: string, seq: number): number;
  /** What was dropped and should be told now, or null. It stays on the books until `lostTold`. */
  takeLost(): LostRows | null;
  /** What was taken by `takeLost` has arrived; or it may not have, and has to be told again. */
  lostTold(arrived: boolean): void;
  /** Puts away what can be kept. Nothing may be called after that. */
  close(): void;
}

/** About what a row takes as JSON; also what it is counted as in memory. */
export function rowBytes(values: readonly (number | null)[]): number {
  return 24 + values.length * 12;
}

/** At most `maxRows` rows of one schema from `start` on, and about `maxBytes`, but at least one. */
export function sliceRows(
  rows: readonly QueuedRow[],
  start: number,
  maxRows: number,
  maxBytes: number,
): readonly QueuedRow[] {
  const taken: QueuedRow[] = [];
  let bytes = 0;
  for (let i = start; i < rows.length && taken.length < maxRows; i++) {
    const row = rows[i] as QueuedRow;
    bytes += rowBytes(row.values);
    if (taken.length > 0 && (bytes > maxBytes || row.schema !== taken[0]?.schema)) break;
    taken.push(row);
  }
  return taken;
}

/** The same for rows that count up: from the one behind `after` on. */
export function sliceAfter(
  rows: readonly QueuedRow[],
  after: number,
  maxRows: number,
  maxBytes: number,
): readonly QueuedRow[] {
  const first = rows[0]?.seq ?? 0;
  return sliceRows(rows, Math.max(0, after + 1 - first), maxRows, maxBytes);
}

/** These rows as lost ones; null when there are none. */
export function lostRows(rows: readonly QueuedRow[]): LostRows | null {
  if (rows.length === 0) return null;
  const lost: LostRows = { from: Infinity, to: -Infinity, samples: 0, settled: false };
  for (const { t, values, settled } of rows) {
    lost.from = Math.min(lost.from, t);
    lost.to = Math.max(lost.to, t);
    for (const value of values) if (value !== null) lost.samples++;
    lost.settled ||= settled;
  }
  return lost;
}

/** Adds `offsetMs` to the times of those rows that are not the hub's yet. */
export function settleRows(rows: readonly QueuedRow[], offsetMs: number): void {
  for (const row of rows) {
    if (row.settled) continue;
    row.t = Math.round(row.t + offsetMs);
    row.settled = true;
  }
}
