import { randomUUID } from 'node:crypto';
import { LostLedger } from './lost-ledger';
import { lostRows, rowBytes, moveRows, sliceRows, type QueuedRow, type RowQueue } from './queue';
import type { Schema } from './schema';

export interface MemoryQueueLimits {
  /** Rows older than the newest by more than this are dropped, ms. */
  ageMs: number;
  bytes: number;
}

export const DEFAULT_QUEUE_LIMITS: MemoryQueueLimits = { ageMs: 15 * 60_000, bytes: 8 * 1024 * 1024 };

/** The most streams that hold rows at the same time; each reconnect may add one. Beyond it, the oldest is dropped. */
const MAX_STREAMS = 32;

interface Stream {
  id: string;
  nextSeq: number;
  rows: QueuedRow[];
  /** Rows before this index are gone; the array is trimmed now and then, not at each row. */
  head: number;
}

/** A {@link RowQueue} that forgets everything when the process ends. */
export function createMemoryQueue(
  limits: MemoryQueueLimits = DEFAULT_QUEUE_LIMITS,
  lost = new LostLedger(),
): RowQueue {
  let streams: Stream[] = [newStream()];
  let rowCount = 0;
  let byteCount = 0;

  const current = () => streams[streams.length - 1] as Stream;
  const find = (id: string) => streams.find((stream) => stream.id === id);

  function removeFirst(stream: Stream): QueuedRow | undefined {
    const row = stream.rows[stream.head];
    if (!row) return undefined;
    stream.head++;
    rowCount--;
    byteCount -= rowBytes(row.values);
    if (stream.head > 256 && stream.head * 2 > stream.rows.length) {
      stream.rows.splice(0, stream.head);
      stream.head = 0;
    }
    return row;
  }

  function tidy(): void {
    const last = current();
    if (streams.length > 1) {
      streams = streams.filter((stream) => stream === last || stream.head < stream.rows.length);
    }
  }

  function dropOldest(): void {
    const stream = streams.find((candidate) => candidate.head < candidate.rows.length);
    const row = stream && removeFirst(stream);
    const gone = row && lostRows([row]);
    if (gone) lost.add(gone);
  }

  function oldestTime(): number {
    const stream = streams.find((candidate) => candidate.head < candidate.rows.length);
    return stream?.rows[stream.head]?.t ?? Infinity;
  }

  /** Index of the first row after `seq`. Seqs are not contiguous, because rows are dropped or confirmed. */
  function indexAfter(stream: Stream, seq: number): number {
    const first = stream.rows[stream.head];
    return first ? stream.head + Math.max(0, seq + 1 - first.seq) : stream.rows.length;
  }

  return {
    get rowCount() {
      return rowCount;
    },
    get byteCount() {
      return byteCount;
    },
    get currentStream() {
      return current().id;
    },
    get streams() {
      return streams.map((stream) => stream.id);
    },
    push(t: number, schema: Schema, values: readonly (number | null)[], settled: boolean) {
      const stream = current();
      stream.rows.push({ seq: stream.nextSeq++, schema, values, t, settled });
      rowCount++;
      byteCount += rowBytes(values);
      while (rowCount > 1 && (byteCount > limits.bytes || oldestTime() < t - limits.ageMs)) dropOldest();
      tidy();
    },
    openStream() {
      if (current().nextSeq > 1) streams.push(newStream());
      while (streams.length > MAX_STREAMS) {
        const oldest = streams[0];
        while (oldest && oldest.head < oldest.rows.length) dropOldest();
        streams.shift();
      }
      tidy();
      return current().id;
    },
    countAfter(id, afterSeq) {
      const stream = find(id);
      return stream ? Math.max(0, stream.rows.length - indexAfter(stream, afterSeq)) : 0;
    },
    take(id, afterSeq, maxRows, maxBytes) {
      const stream = find(id);
      return stream ? sliceRows(stream.rows, indexAfter(stream, afterSeq), maxRows, maxBytes) : [];
    },
    shift(offsetMs) {
      const { rows, head } = current();
      moveRows(rows.slice(head), offsetMs, false);
    },
    settle(id, seq, offsetMs) {
      const stream = find(id);
      if (stream) moveRows(stream.rows.slice(stream.head, indexAfter(stream, seq)), offsetMs, true);
    },
    acknowledge(id, seq) {
      const stream = find(id);
      if (!stream) return 0;
      let freed = 0;
      while ((stream.rows[stream.head]?.seq ?? Infinity) <= seq) {
        removeFirst(stream);
        freed++;
      }
      tidy();
      return freed;
    },
    takeLost: () => lost.take(),
    lostTold: (arrived) => lost.finish(arrived),
    close() {},
  };
}

function newStream(): Stream {
  return { id: randomUUID(), nextSeq: 1, rows: [], head: 0 };
}
