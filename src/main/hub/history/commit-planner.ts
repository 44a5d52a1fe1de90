/** The rules for when commits begin and when agents have to wait. */
export interface CommitPolicy {
  /** Bytes of rows that start a commit at once: under load, commits follow each other without a pause. */
  commitAtBytes: number;
  /** Bytes of uncommitted rows above which agents have to wait. */
  behindAtBytes: number;
  /** How often the log reports that commits are failing, ms. */
  tellEveryMs: number;
}

/**
 * When the next commit begins: `now` is at the end of this turn of the event loop, `soon` within the usual time, `retry`
 * some time after a commit that failed.
 */
export type CommitTiming = 'now' | 'soon' | 'retry';

/** The contents of a commit: the batch whose commit failed, again, or all gathered data. */
export type CommitWork = 'failed batch' | 'gathered';

/**
 * Decides when to commit, what to commit, and when agents have to wait. It has no timers, promises or data: its caller
 * reports what happened and carries out the decisions.
 *
 * Commits are numbered from 1 and go to disk one at a time, in the order of their numbers. A failed commit is retried
 * until it is on disk, before anything that was added later.
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

  /** The number of the commit that will hold whatever is added now. */
  get gathering(): number {
    return this.#gathering;
  }

  /** The highest number whose commit is on disk: whatever belongs to it or to an earlier one may be acknowledged. */
  get durable(): number {
    return this.#durable;
  }

  /** The number of the commit that holds, or will hold, the latest addition. */
  get newest(): number {
    return this.#hasGathered ? this.#gathering : this.#gathering - 1;
  }

  /**
   * Whether reading from agents must stop, because more than `behindAtBytes` is gathered. This ends when a commit takes
   * the gathered data, not when its size falls below the limit.
   */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** When the next commit begins; null while one is in progress or there is nothing to write. */
  get timing(): CommitTiming | null {
    if (this.#isUnderWay || this.#isClosed) return null;
    if (this.#hasFailed) return 'retry';
    if (!this.#hasGathered) return null;
    return this.#bytes >= this.#policy.commitAtBytes ? 'now' : 'soon';
  }

  /** Records that something was added. Returns whether that changes a decision. */
  came(): boolean {
    const isFirst = !this.#hasGathered;
    this.#hasGathered = true;
    return isFirst;
  }

  /** Records that a row of this size was added. Returns whether that changes a decision. */
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

  /**
   * Begins a commit if possible, and returns what it writes. Null while one is in progress or there is nothing to
   * write.
   */
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

  /** Records that the commit in progress is on disk. */
  succeeded(): void {
    this.#isUnderWay = false;
    this.#hasFailed = false;
    this.#durable = this.#gathering - 1;
    this.#toldAt = Number.NEGATIVE_INFINITY;
  }

  /**
   * Records that the commit in progress failed. Returns whether to log it: the first time, and now and then while it
   * lasts.
   */
  failed(monotonic: number): boolean {
    this.#isUnderWay = false;
    this.#hasFailed = true;
    if (monotonic - this.#toldAt < this.#policy.tellEveryMs) return false;
    this.#toldAt = monotonic;
    return true;
  }

  /** Prevents any further commit. */
  close(): void {
    this.#isClosed = true;
  }
}
