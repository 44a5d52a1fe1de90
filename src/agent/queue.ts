import type { Schema } from './schema';

/** One sampled row on its way to the hub. */
export interface QueuedRow {
  /** Rises within its stream; never reused. */
  readonly seq: number;
  readonly schema: Schema;
  readonly values: readonly (number | null)[];
  /** Ms since the epoch: by this machine's clock until `settled`, by the hub's from then on. */
  t: number;
  /** Whether `t` is already in the hub's time; sending the row again must not shift it. */
  settled: boolean;
}

/** Rows that were dropped and that the hub has not been told about. */
export interface LostRows {
  from: number;
  to: number;
  /** Number of values, not rows. */
  samples: number;
  /** Whether the times are in the hub's time. */
  settled: boolean;
}

/**
 * Rows that the hub has not confirmed yet, in streams that each number their own rows. Rows written while the link
 * was down stay on their old stream, so that live rows on a new stream need not wait for them. The queue is bounded;
 * the oldest rows are dropped first. Implementations store it in memory or on disk.
 */
export interface RowQueue {
  readonly rowCount: number;
  readonly byteCount: number;
  /** The stream that rows are added to. It may change between two rows. */
  readonly currentStream: string;
  /** All streams that have rows, and the current one, oldest first. */
  readonly streams: readonly string[];
  /** Adds a row. `settled`: `t` is already in the hub's time. Never throws. */
  push(t: number, schema: Schema, values: readonly (number | null)[], settled: boolean): void;
  /** Starts a new stream for the rows from now on. */
  openStream(): string;
  /** How many rows of a stream come after `afterSeq`. */
  countAfter(stream: string, afterSeq: number): number;
  /** The first rows of a stream after `afterSeq` that share one schema, at most `maxRows` and about `maxBytes`. */
  take(stream: string, afterSeq: number, maxRows: number, maxBytes: number): readonly QueuedRow[];
  /** Adds `offsetMs` to the times of the current stream's unsettled rows, which stay unsettled: this clock was set. */
  shift(offsetMs: number): void;
  /** Adds `offsetMs` to the times of a stream's unsettled rows, at least up to `seq`, and remembers it. */
  settle(stream: string, seq: number, offsetMs: number): void;
  /** The hub has all rows of the stream up to and including `seq`. Returns how many rows this freed. */
  acknowledge(stream: string, seq: number): number;
  /** What was dropped and should be reported now, or null. It stays recorded until `lostTold`. */
  takeLost(): LostRows | null;
  /** The report taken by `takeLost` has arrived, or it may not have and must be sent again. */
  lostTold(arrived: boolean): void;
  /** Stores what can be stored. No method may be called after this. */
  close(): void;
}

/** Approximate size of a row as JSON, in bytes; also used for its size in memory. */
export function rowBytes(values: readonly (number | null)[]): number {
  return 24 + values.length * 12;
}

/** The rows from `start` on that share one schema: at most `maxRows` and about `maxBytes`, but at least one. */
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

/** Like {@link sliceRows}, from the row after `after` on. */
export function sliceAfter(
  rows: readonly QueuedRow[],
  after: number,
  maxRows: number,
  maxBytes: number,
): readonly QueuedRow[] {
  // Rows may be missing between others, but none comes twice, so the row cannot be farther on than this.
  let start = Math.max(0, Math.min(rows.length, after + 1 - (rows[0]?.seq ?? 0)));
  while (start > 0 && (rows[start - 1]?.seq ?? 0) > after) start--;
  return sliceRows(rows, start, maxRows, maxBytes);
}

/** Summarises these rows as lost; null when there are none. */
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

/** Adds `offsetMs` to the times of the unsettled rows, which are settled from then on if it is final. */
export function moveRows(rows: readonly QueuedRow[], offsetMs: number, isFinal: boolean): void {
  for (const row of rows) {
    if (row.settled) continue;
    row.t = Math.round(row.t + offsetMs);
    row.settled = isFinal;
  }
}
