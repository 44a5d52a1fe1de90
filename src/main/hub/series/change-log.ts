/** The least number of entries kept; a reader that is further behind has to look at everything. */
const MAX_ENTRIES = 32_768;

const NONE: readonly never[] = [];

/**
 * A bounded log of changes, for readers that come at any time. It does not know its readers. A frequent change need not
 * be added each time: a second entry would say nothing new until the first has been read.
 */
export class ChangeLog<T> {
  readonly #maxEntries: number;
  #entries: T[] = [];
  /** The number of the first entry that is kept. */
  #first = 0;
  #readUpTo = 0;

  constructor(maxEntries = MAX_ENTRIES) {
    this.#maxEntries = maxEntries;
  }

  /**
   * The number after the last entry that any reader has read: an entry with this number or a higher one is unread by
   * all.
   */
  get readUpTo(): number {
    return this.#readUpTo;
  }

  /** Adds an entry and returns its number; numbers rise by one, from 0. */
  add(entry: T): number {
    if (this.#entries.length >= 2 * this.#maxEntries) {
      this.#first += this.#entries.length - this.#maxEntries;
      this.#entries = this.#entries.slice(-this.#maxEntries);
    }
    return this.#first + this.#entries.push(entry) - 1;
  }

  /** Returns the number of the next entry, for a new reader. */
  start(): number {
    this.#readUpTo = this.#first + this.#entries.length;
    return this.#readUpTo;
  }

  /** Returns the entries from a number on, and the number of the next; null if some of those entries were dropped. */
  read(from: number): { entries: readonly T[] | null; next: number } {
    if (from === this.#first + this.#entries.length) return { entries: NONE, next: this.start() };
    const entries = from < this.#first ? null : this.#entries.slice(from - this.#first);
    return { entries, next: this.start() };
  }
}
