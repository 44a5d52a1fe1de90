/** Entries that are kept at least; a reader that is further behind has to look at everything. */
const MAX_ENTRIES = 32_768;

const NONE: readonly never[] = [];

/**
 * A bounded log of what has changed, for readers that come when they like. It does not know its readers. Who changes
 * often need not be added each time: an entry that nobody has read yet says all that a second one would.
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

  /** The number after the last entry that some reader has read: whatever has it, or a higher one, is news to all. */
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

  /** The number of the next entry, for a reader that begins there. */
  start(): number {
    this.#readUpTo = this.#first + this.#entries.length;
    return this.#readUpTo;
  }

  /** The entries from a number on and the number of the next; null in place of entries that are not kept any more. */
  read(from: number): { entries: readonly T[] | null; next: number } {
    if (from === this.#first + this.#entries.length) return { entries: NONE, next: this.start() };
    const entries = from < this.#first ? null : this.#entries.slice(from - this.#first);
    return { entries, next: this.start() };
  }
}
