/**
 * Work that takes a while and pauses where other work may come in between: at each `yield`. It only reads; what it
 * returns is written in a transaction of its own.
 */
export type Pausing<T> = Generator<undefined, T, undefined>;

/** Does such work without a pause. */
export function unpaused<T>(work: Pausing<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** One piece of such work at a time, done in slices. */
export class PausedJob<Subject> {
  #job: { work: Pausing<void>; subject: Subject; again: () => void } | null = null;

  /** What the job in progress works on; null when there is none. */
  get subject(): Subject | null {
    return this.#job?.subject ?? null;
  }

  /** Begins a job, and works on it until `until`, monotonic ms. `again` puts it back where it was taken from. */
  begin(subject: Subject, work: Pausing<void>, again: () => void, until: number): void {
    this.#job = { work, subject, again };
    this.goOn(until);
  }

  /** Throws what the job throws, which is over then. */
  goOn(until: number): void {
    const job = this.#job;
    if (!job) return;
    try {
      do {
        if (job.work.next().done !== true) continue;
        this.#job = null;
        return;
      } while (performance.now() < until);
    } catch (error) {
      this.#job = null;
      throw error;
    }
  }

  finish(): void {
    this.goOn(Number.POSITIVE_INFINITY);
  }

  /** Drops the job, which begins anew later. */
  abandon(): void {
    this.#job?.again();
    this.#job = null;
  }
}
