/** Rooms come in sizes of four steps from one power of two to the next, from this on, bytes. */
const LEAST_BYTES = 1_024;
/** Free rooms beyond this are let go, bytes: about what the commits of a burst take. */
const MAX_FREE_BYTES = 32 * 1024 * 1024;
/** Of what commits have taken of late: free rooms beyond served a burst that is over. */
const FREE_PER_USED = 2;
/** From commit to commit, how much of that is still remembered: a small one between large ones changes little. */
const REMEMBERED = 0.9;

/**
 * Memory for rows on their way to disk, which the store's thread reads where it is instead of getting a copy. Rooms go
 * from device to device: one is taken with a first row and given back when its rows are durable, so that there are as
 * many as one commit and the gathering of the next need. V8 does not count shared memory, and would not collect it in
 * time if each device had its own.
 */
export class RowRooms {
  readonly #free = new Map<number, SharedArrayBuffer[]>();
  #freeBytes = 0;
  #used = 0;

  /** A room of `bytes` or more, up to about twice as many, with whatever was in it. */
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

  /** All rooms of one commit, which nobody reads or writes any more. */
  giveAll(rooms: readonly SharedArrayBuffer[]): void {
    let used = 0;
    for (const room of rooms) {
      used += room.byteLength;
      this.give(room);
    }
    this.#used = Math.max(used, this.#used * REMEMBERED);
    this.#trim(FREE_PER_USED * this.#used);
  }

  /** The same for one of them that was outgrown. */
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
