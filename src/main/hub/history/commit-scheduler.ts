import type { Clock } from '@shared/clock';
import type { Unsubscribe } from '@shared/disposable';
import type { CommitPlanner, CommitTiming } from './commit-planner';

/**
 * The time from the first addition to its commit, ms. It ensures that acknowledgements are sent at least twice a
 * second.
 */
const COMMIT_EVERY_MS = 200;
const RETRY_AFTER_MS = 1_000;

export interface CommitSchedulerOptions<Batch> {
  planner: CommitPlanner;
  clock: Clock;
  /** Takes all gathered data. */
  take: () => Batch;
  /** Resolves when the batch is on disk. */
  write: (batch: Batch) => Promise<void>;
  /** Called after each commit, before the next one can begin. */
  onDurable: (batch: Batch) => void;
  /** Called when a commit failed and the log should say so. */
  onFailed: (error: unknown) => void;
  onBehind: (isBehind: boolean) => void;
}

/** Carries out the planner's decisions with timers, one commit at a time. A batch is kept until it is on disk. */
export class CommitScheduler<Batch> {
  readonly #options: CommitSchedulerOptions<Batch>;
  /** The batch that is being written or whose commit failed. */
  #batch: Batch | null = null;
  #committing: Promise<void> | null = null;
  #arranged: CommitTiming | null = null;
  #cancelArranged: Unsubscribe = () => {};
  #wasBehind = false;

  constructor(options: CommitSchedulerOptions<Batch>) {
    this.#options = options;
  }

  /** The batch that is being written or whose commit failed. */
  get unfinished(): Batch | null {
    return this.#batch;
  }

  /** Follows the planner's decisions; call it when one of them has changed. */
  follow(): void {
    const { planner, onBehind } = this.#options;
    const { timing, isBehind } = planner;
    if (timing !== this.#arranged) {
      this.#cancelArranged();
      this.#arranged = timing;
      this.#cancelArranged = timing ? this.#arrange(timing) : () => {};
    }
    if (isBehind !== this.#wasBehind) {
      this.#wasBehind = isBehind;
      onBehind(isBehind);
    }
  }

  /** Commits everything added before the call, as far as commits succeed. Never rejects. */
  async flush(): Promise<void> {
    const { planner } = this.#options;
    await this.#committing;
    const { newest } = planner;
    while (planner.durable < newest) {
      const before = planner.durable;
      await this.#commit();
      if (planner.durable === before) return;
    }
  }

  close(): void {
    this.#options.planner.close();
    this.follow();
  }

  #arrange(timing: CommitTiming): Unsubscribe {
    const run = (): void => {
      this.#arranged = null;
      void this.#commit();
    };
    // Not at once, because the row that triggered the commit is still being written.
    if (timing === 'now') {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    }
    return this.#options.clock.after(timing === 'soon' ? COMMIT_EVERY_MS : RETRY_AFTER_MS, run);
  }

  #commit(): Promise<void> {
    this.#committing ??= this.#commitOnce().finally(() => {
      this.#committing = null;
      this.follow();
    });
    return this.#committing;
  }

  async #commitOnce(): Promise<void> {
    const { planner, clock, take, write, onDurable, onFailed } = this.#options;
    const work = planner.begin();
    if (work === null) return;
    const batch = work === 'gathered' || this.#batch === null ? take() : this.#batch;
    this.#batch = batch;
    this.follow();
    try {
      await write(batch);
    } catch (error) {
      if (planner.failed(clock.monotonic())) onFailed(error);
      return;
    }
    this.#batch = null;
    planner.succeeded();
    onDurable(batch);
  }
}
