import { BoundedMap } from '@shared/bounded-map';

/** Streams of one device whose marks are remembered; beyond, the one that moved longest ago is forgotten. */
const MAX_STREAMS = 64;

/** The position up to which each stream of a device has been stored, which makes delivery exactly-once. */
export class StreamMarks {
  /** The commit that holds the latest change of a mark; see `Recorder.gathering`. */
  movedIn = 0;
  readonly #marks = new BoundedMap<string, number>(MAX_STREAMS);

  get(stream: string): number | undefined {
    return this.#marks.get(stream);
  }

  /** Moves a stream's mark forward; false when `seq` was already stored. */
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
