import type { Clock } from '@shared/clock';

/** Samples between two waits for the disk: at first, at least, at most. */
const FIRST = 10_000;
const LEAST = 2_000;
const MOST = 100_000;
/** How long one commit of an import is to take while others send rows, ms. Theirs wait behind it. */
const COMMIT_MS = 60;
/** The longest pause for others between two commits, ms. */
const LONGEST_PAUSE_MS = 500;

/**
 * Keeps an import behind live rows, which share its commits: while devices are there, each commit is kept short, and the
 * time that it took is left to others before the next. Alone, an import goes as fast as the disk.
 */
export class ImportPace {
  readonly #clock: Pick<Clock, 'monotonic' | 'after'>;
  readonly #isAlone: () => boolean;
  #batch = FIRST;
  #waiting = 0;

  /** `isAlone`: no device is there whose rows could wait. */
  constructor(clock: Pick<Clock, 'monotonic' | 'after'>, isAlone: () => boolean) {
    this.#clock = clock;
    this.#isAlone = isAlone;
  }

  /** How many samples may be added before the next {@link settle}. */
  get room(): number {
    return Math.max(0, this.#batch - this.#waiting);
  }

  added(samples: number): void {
    this.#waiting += samples;
  }

  /** Runs `commit`, which puts on disk what was added, and makes way for others. Rejects as `commit` does. */
  async settle(commit: () => Promise<void>): Promise<void> {
    const startedAt = this.#clock.monotonic();
    await commit();
    const tookMs = this.#clock.monotonic() - startedAt;
    this.#waiting = 0;
    if (this.#isAlone()) {
      this.#batch = MOST;
      return;
    }
    const perSample = tookMs / this.#batch;
    const fitting = perSample > 0 ? COMMIT_MS / perSample : MOST;
    // At most twice as many as before: one quick commit says little.
    this.#batch = Math.round(Math.min(MOST, Math.max(LEAST, Math.min(fitting, this.#batch * 2))));
    await new Promise<void>((resolve) => {
      this.#clock.after(Math.min(LONGEST_PAUSE_MS, tookMs), resolve);
    });
  }
}
