/** The smallest memory block, bytes. Sizes grow in four steps from one power of two to the next. */
const LEAST_BYTES = 1_024;
/** Free blocks beyond this are released, bytes: about what the commits of a burst need. */
const MAX_FREE_BYTES = 32 * 1024 * 1024;
/** How much free memory to keep, relative to recent commits; more was only needed by a burst that is over. */
const FREE_PER_USED = 2;
/** How much of the past use is remembered at each commit, so that a small one between large ones changes little. */
const REMEMBERED = 0.9;

/**
 * Memory for rows on their way to disk, which the store's thread reads in place instead of receiving a copy. Blocks
 * move from device to device: one is taken with the first row and returned when its rows are durable, so there are
 * only as many as one commit and the collection of the next need. V8 does not count shared memory, and would not
 * collect it in time if each device had its own.
 */
export class RowRooms {
  readonly #free = new Map<number, SharedArrayBuffer[]>();
  #freeBytes = 0;
  #used = 0;

  /** Returns a block of at least `bytes`, and up to about twice as many, with arbitrary contents. */
  take(bytes: number): SharedArrayBuffer {
    const least = sizeFor(bytes);
    for (let size = least; size <= 2 * least; size = sizeFor(size + 1)) {
      const room = this.#free.get(size)?.pop();
      if (!room) continue;
      this.#freeBytes -= size;
      return room;
    }
    return new SharedArrayBuffer(least);
  }

  /** Returns all blocks of one commit, which are no longer in use. */
  giveAll(rooms: readonly SharedArrayBuffer[]): void {
    let used = 0;
    for (const room of rooms) {
      used += room.byteLength;
      this.give(room);
    }
    this.#used = Math.max(used, this.#used * REMEMBERED);
    this.#trim(FREE_PER_USED * this.#used);
  }

  /** Returns one block that became too small. */
  give(room: SharedArrayBuffer): void {
    const size = room.byteLength;
    if (size === 0 || this.#freeBytes + size > MAX_FREE_BYTES) return;
    this.#freeBytes += size;
    const free = this.#free.get(size);
    if (free) free.push(room);
    else this.#free.set(size, [room]);
  }

  #trim(maxBytes: number): void {
    for (const [size, free] of this.#free) {
      while (this.#freeBytes > maxBytes && free.pop()) this.#freeBytes -= size;
    }
  }
}

function sizeFor(bytes: number): number {
  let power = LEAST_BYTES;
  while (power * 2 <= bytes) power *= 2;
  const step = power / 4;
  return Math.max(LEAST_BYTES, Math.ceil(bytes / step) * step);
}
