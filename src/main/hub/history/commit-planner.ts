/** When commits begin, and when agents are made to wait. */
export interface CommitPolicy {
  /** Bytes of rows that are worth a commit of their own: under load, commits follow each other without a pause. */
  commitAtBytes: number;
  /** Bytes of rows that wait for a commit before agents are made to wait. */
  behindAtBytes: number;
  /** While commits fail, how often the log says so, ms. */
  tellEveryMs: number;
}

/**
 * When the next commit begins: `now` is at the end of this turn of the event loop, `soon` within the usual time, `retry`
 * some time after a commit that failed.
 */
export type CommitTiming = 'now' | 'soon' | 'retry';

/** What a commit writes: the batch whose commit failed, once more, or all that is gathered. */
export type CommitWork = 'failed batch' | 'gathered';

/**
 * Decides when to commit, what to commit, and when agents have to wait. It has neither timers nor promises nor data:
 * it is told what happens and says what is to be done.
 *
 * Commits are numbered from 1 and go to disk one at a time, in the order of their numbers. One that fails is tried until
 * it is on disk, before anything that came later.
 */
export class CommitPlanner {
  readonly #policy: CommitPolicy;
  #gathering = 1;
  #durable = 0;
  /** Bytes of rows gathered since the last commit began. */
  #bytes = 0;
  #hasGathered = false;
  #isUnderWay = false;
  #hasFailed = false;
  #isBehind = false;
  #isClosed = false;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(policy: CommitPolicy) {
    this.#policy = policy;
  }

  /** The number of the commit that will hold what comes now. */
  get gathering(): number {
    return this.#gathering;
  }

  /** The highest number whose commit is on disk: whatever belongs to it or to an earlier one may be acknowledged. */
  get durable(): number {
    return this.#durable;
  }

  /** The number of the commit that holds, or will hold, the last of what came. */
  get newest(): number {
    return this.#hasGathered ? this.#gathering : this.#gathering - 1;
  }

  /**
   * Whether agents must not be read: more is gathered than `behindAtBytes`. It ends when a commit takes what is gathered,
   * not when it falls below that line again.
   */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** When the next commit begins; null while one is under way or there is nothing to write. */
  get timing(): CommitTiming | null {
    if (this.#isUnderWay || this.#isClosed) return null;
    if (this.#hasFailed) return 'retry';
    if (!this.#hasGathered) return null;
    return this.#bytes >= this.#policy.commitAtBytes ? 'now' : 'soon';
  }

  /** Something came. Whether that changes a decision. */
  came(): boolean {
    const isFirst = !this.#hasGathered;
    this.#hasGathered = true;
    return isFirst;
  }

  /** A row of that size came. Whether that changes a decision. */
  grew(bytes: number): boolean {
    const { commitAtBytes, behindAtBytes } = this.#policy;
    const before = this.#bytes;
    this.#bytes += bytes;
    const isFirst = this.came();
    if (this.#bytes > behindAtBytes && !this.#isBehind) {
      this.#isBehind = true;
      return true;
    }
    return isFirst || (before < commitAtBytes && this.#bytes >= commitAtBytes);
  }

  /** A commit begins if one can: says what it writes. Null while one is under way or there is nothing to write. */
  begin(): CommitWork | null {
    if (this.timing === null) return null;
    this.#isUnderWay = true;
    if (this.#hasFailed) return 'failed batch';
    this.#gathering++;
    this.#bytes = 0;
    this.#hasGathered = false;
    this.#isBehind = false;
    return 'gathered';
  }

  /** The commit that was under way is on disk. */
  succeeded(): void {
    this.#isUnderWay = false;
    this.#hasFailed = false;
    this.#durable = this.#gathering - 1;
    this.#toldAt = Number.NEGATIVE_INFINITY;
  }

  /** The commit that was under way failed. Whether the log should say so: once, and now and then while it lasts. */
  failed(monotonic: number): boolean {
    this.#isUnderWay = false;
    this.#hasFailed = true;
    if (monotonic - this.#toldAt < this.#policy.tellEveryMs) return false;
    this.#toldAt = monotonic;
    return true;
  }

  /** No commit begins from now on. */
  close(): void {
    this.#isClosed = true;
  }
}
