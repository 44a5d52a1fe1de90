import { FaultError } from '@shared/errors';

/** The most answers computed at the same time. */
const AT_ONCE = 3;
/** The most waiting queries of one caller. */
const MAX_WAITING = 256;

/**
 * Serves the history queries of all callers in turn, so that a caller with many queries does not delay the others, and
 * gives agents time between two answers. Answers are large, and the hub writes them on one thread.
 */
export class QueryTurns {
  /** The waiting queries of each caller; the caller to serve next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #running = 0;

  /**
   * Runs `work` in turn. Rejects with `STORE_BUSY` when too many queries of this caller wait, else as `work` does.
   */
  async run<T>(caller: string, work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) await this.#wait(caller);
    else this.#running++;
    try {
      return await work();
    } finally {
      // Runs after this answer has been written and other work has had its turn.
      setImmediate(() => this.#next());
    }
  }

  #wait(caller: string): Promise<void> {
    const queue = this.#waiting.get(caller) ?? [];
    if (queue.length >= MAX_WAITING) {
      throw new FaultError('STORE_BUSY', 'Too many queries are waiting for the history.');
    }
    this.#waiting.set(caller, queue);
    return new Promise((resolve) => queue.push(resolve));
  }

  /** Starts the next caller's query. */
  #next(): void {
    const [first] = this.#waiting;
    if (!first) {
      this.#running--;
      return;
    }
    const [caller, queue] = first;
    this.#waiting.delete(caller);
    const run = queue.shift();
    if (queue.length > 0) this.#waiting.set(caller, queue);
    run?.();
  }
}
