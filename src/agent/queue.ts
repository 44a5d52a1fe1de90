import type { Schema } from './schema';

/** One sampled row on its way to the hub. */
export interface QueuedRow {
  /** Rises within its stream; never used twice. */
  readonly seq: number;
  readonly schema: Schema;
  readonly values: readonly (number | null)[];
  /** Ms since the epoch: by this machine's clock until `settled`, by the hub's from then on. */
  t: number;
  /** The time was corrected when the row was first sent; sending it again must not move it. */
  settled: boolean;
}

/** What had to be thrown away since it was last asked for. */
export interface LostRows {
  from: number;
  to: number;
  /** Values, not rows. */
  samples: number;
}

/**
 * Rows that the hub has not confirmed yet, as streams that each count their own rows: what was written while the
 * link was down stays on its old stream, so that live rows on a new one need not wait for it. Bounded; what is
 * oldest goes first. Implementations may keep it in memory or on disk.
 */
export interface RowQueue {
  readonly rowCount: number;
  readonly byteCount: number;
  /** The stream that rows are added to. */
  readonly currentStream: string;
  /** Streams with rows, and the current one, oldest first. */
  readonly streams: readonly string[];
  push(t: number, schema: Schema, values: readonly (number | null)[]): void;
  /** Starts a new stream for the rows from now on. */
  openStream(): string;
  /** How many rows of a stream wait behind `afterSeq`. */
  countAfter(stream: string, afterSeq: number): number;
  /** The first rows of a stream behind `afterSeq` that share one schema, at most `maxRows` and about `maxBytes`. */
  take(stream: string, afterSeq: number, maxRows: number, maxBytes: number): readonly QueuedRow[];
  /** The hub has everything of the stream up to and including `seq`. Returns how many rows that freed. */
  acknowledge(stream: string, seq: number): number;
  /** What was dropped since the last call, or null. */
  takeLost(): LostRows | null;
}

/** About what a row takes as JSON; also what it is counted as in memory. */
export function rowBytes(values: readonly (number | null)[]): number {
  return 24 + values.length * 12;
}
