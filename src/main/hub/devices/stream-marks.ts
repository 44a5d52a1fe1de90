/** Streams of one device whose marks are remembered; beyond, the one that moved longest ago is forgotten. */
const MAX_STREAMS = 64;

/** How far each stream (spool) of a device was taken in: what makes delivery exactly-once. */
export class StreamMarks {
  /** The commit that holds the latest move of a mark; see `Recorder.gathering`. */
  movedIn = 0;
  readonly #marks = new Map<string, number>();
  /** The stream that moved last: it need not be moved to the end again. */
  #latest: string | null = null;

  get(stream: string): number | undefined {
    return this.#marks.get(stream);
  }

  /** Moves a stream's mark forward; false when `seq` was taken in before. */
  advance(stream: string, seq: number): boolean {
    const mark = this.#marks.get(stream);
    if (mark !== undefined && seq <= mark) return false;
    if (stream !== this.#latest) {
      this.#marks.delete(stream);
      this.#latest = stream;
    }
    this.#marks.set(stream, seq);
    if (this.#marks.size > MAX_STREAMS) {
      const oldest = this.#marks.keys().next();
      if (!oldest.done) this.#marks.delete(oldest.value);
    }
    return true;
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#marks);
  }
}
