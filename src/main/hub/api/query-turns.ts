import { FaultError } from '@shared/errors';

/** Answers that are worked out at a time. */
const AT_ONCE = 3;
/** Questions of one caller that wait. */
const MAX_WAITING = 256;

/**
 * Who asks for history takes turns: of several callers each gets the next answer by turns, however much one of them
 * asks, and between two answers there is time for agents. An answer is large, and the hub has one thread to write it out.
 */
export class QueryTurns {
  /** Of each caller; who is served next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #running = 0;

  /** Rejects with `STORE_BUSY` when too many of this caller wait, else as `work` does. */
  async run<T>(caller: string, work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) await this.#wait(caller);
    else this.#running++;
    try {
      return await work();
    } finally {
      // When this answer has been written out, and others have had their say.
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

  /** Hands the turn on. */
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
