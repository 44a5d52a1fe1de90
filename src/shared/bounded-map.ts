/**
 * A map that holds at most `most` entries. Writing an entry moves it to the end; beyond the limit, the entry written
 * longest ago is dropped. Reading does not change the order.
 */
export class BoundedMap<K, V> {
  readonly #most: number;
  readonly #entries = new Map<K, V>();
  /**
   * Kept from one eviction to the next: a new iterator would step over the places of all entries deleted since the map
   * was last compacted, which takes seven times as long when thousands of keys pass by. It is dropped when no eviction
   * is needed, because an idle iterator keeps alive every table that the map has outgrown.
   */
  #first: IterableIterator<K> | null = null;
  /** The key written last. Its entry is already at the end. */
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

  /** Returns the values, the one written longest ago first. */
  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.#entries[Symbol.iterator]();
  }
}
