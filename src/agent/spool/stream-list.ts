import { randomUUID } from 'node:crypto';
import type { StoredSegment } from './stored-segment';

/** One stream of the spool: its rows are in stored segments and, while it is the current one, in the open segment. */
export interface SpoolStream {
  readonly id: string;
  nextSeq: number;
  acked: number;
  /** Oldest first. */
  stored: readonly StoredSegment[];
}

/** The streams that have rows on disk, oldest first; the last one is the current one. */
export class StreamList {
  #streams: SpoolStream[] = [];
  #current = newStream(randomUUID());

  get current(): SpoolStream {
    return this.#current;
  }

  get all(): readonly SpoolStream[] {
    return [...this.#streams, this.#current];
  }

  get storedCount(): number {
    return this.all.reduce((sum, { stored }) => sum + stored.length, 0);
  }

  get storedBytes(): number {
    return this.all.reduce((sum, { stored }) => stored.reduce((bytes, one) => bytes + one.bytes, sum), 0);
  }

  find(id: string): SpoolStream | undefined {
    return this.#current.id === id ? this.#current : this.#streams.find((stream) => stream.id === id);
  }

  /** Adds a segment of an earlier run. Segments must be added in order. */
  adopt(segment: StoredSegment): void {
    let stream = this.find(segment.stream);
    if (!stream) this.#streams.push((stream = newStream(segment.stream)));
    stream.stored = [...stream.stored, segment];
    stream.nextSeq = Math.max(stream.nextSeq, segment.lastSeq + 1);
  }

  /** Starts a new current stream. */
  start(): void {
    if (this.#current.stored.length > 0) this.#streams.push(this.#current);
    this.#current = newStream(randomUUID());
  }

  remove(stream: SpoolStream, segment: StoredSegment): void {
    stream.stored = stream.stored.filter((other) => other !== segment);
    if (stream.stored.length === 0) this.#streams = this.#streams.filter((other) => other !== stream);
  }

  /** The segment to drop first. */
  oldest(): { stream: SpoolStream; segment: StoredSegment } | null {
    for (const stream of this.all) {
      const [segment] = stream.stored;
      if (segment) return { stream, segment };
    }
    return null;
  }
}

/** The number of a segment's rows after `seq`. */
export function countBehind(
  { firstSeq, lastSeq }: { firstSeq: number; lastSeq: number },
  seq: number,
): number {
  return Math.max(0, lastSeq - Math.max(firstSeq - 1, seq));
}

function newStream(id: string): SpoolStream {
  return { id, nextSeq: 1, acked: 0, stored: [] };
}
