/**
 * A map that holds `most` entries at most: writing an entry puts it last, and beyond the limit the first goes, the one
 * that was written longest ago. Reading moves nothing.
 */
export class BoundedMap<K, V> {
  readonly #most: number;
  readonly #entries = new Map<K, V>();
  /**
   * Kept from one eviction to the next: a new iterator would step over the places of all entries deleted since the map
   * was last compacted, which takes seven times as long when thousands of keys pass by. No longer than that, as an
   * iterator that stands still keeps every table that its map has outgrown.
   */
  #first: IterableIterator<K> | null = null;
  /** The entry that stands last already. */
  #last: K | undefined = undefined;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    if (key !== this.#last) {
      this.#entries.delete(key);
      this.#last = key;
    }
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#most) {
      this.#first = null;
      return;
    }
    this.#first ??= this.#entries.keys();
    const first = this.#first.next();
    if (!first.done) this.#entries.delete(first.value);
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  /** The first written comes first. */
  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.#entries[Symbol.iterator]();
  }
}
