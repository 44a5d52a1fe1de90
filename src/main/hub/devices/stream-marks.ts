import { BoundedMap } from '@shared/bounded-map';

/** Streams of one device whose marks are remembered; beyond, the one that moved longest ago is forgotten. */
const MAX_STREAMS = 64;

/** How far each stream (spool) of a device was taken in: what makes delivery exactly-once. */
export class StreamMarks {
  /** The commit that holds the latest move of a mark; see `Recorder.gathering`. */
  movedIn = 0;
  readonly #marks = new BoundedMap<string, number>(MAX_STREAMS);

  get(stream: string): number | undefined {
    return this.#marks.get(stream);
  }

  /** Moves a stream's mark forward; false when `seq` was taken in before. */
  advance(stream: string, seq: number): boolean {
    const mark = this.#marks.get(stream);
    if (mark !== undefined && seq <= mark) return false;
    this.#marks.set(stream, seq);
    return true;
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#marks);
  }
}
