import type { FaultError } from '@shared/errors';
import type { CommitBatch } from '../store-contract/store-contract';
import type { Problems } from './problems';
import { toStoreFault } from './sqlite-errors';

interface WaitingCommit {
  batch: CommitBatch;
  resolve(): void;
  reject(error: FaultError): void;
}

/** Commits that wait in the worker's message queue, written together: one sync of the disk serves them all. */
export class CommitGroup {
  readonly #write: (batches: readonly CommitBatch[]) => void;
  readonly #problems: Problems;
  #waiting: WaitingCommit[] = [];
  #isDue = false;

  /** `write` writes all of the batches or, when it throws, none. */
  constructor(write: (batches: readonly CommitBatch[]) => void, problems: Problems) {
    this.#write = write;
    this.#problems = problems;
  }

  /** Resolves when the batch is on disk; rejects with a `FaultError` when it cannot be written. */
  add(batch: CommitBatch): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      if (this.#isDue) return;
      this.#isDue = true;
      // Commits that wait in the message queue arrive in this turn of the event loop and share one transaction.
      setImmediate(() => this.flush());
    });
  }

  /** Writes what waits, now. */
  flush(): void {
    this.#isDue = false;
    const commits = this.#waiting;
    if (commits.length === 0) return;
    this.#waiting = [];
    if (this.#tryWrite(commits) || commits.length === 1) return;
    // One bad batch must not take the others with it.
    for (const one of commits) this.#tryWrite([one]);
  }

  /** Answers those who wait, unless several failed together. */
  #tryWrite(commits: readonly WaitingCommit[]): boolean {
    try {
      this.#write(commits.map(({ batch }) => batch));
      this.#problems.write(null);
      for (const { resolve } of commits) resolve();
      return true;
    } catch (error) {
      if (commits.length > 1) return false;
      const fault = toStoreFault(error);
      this.#problems.write({ code: fault.code, message: fault.message });
      commits[0]?.reject(fault);
      return false;
    }
  }
}
