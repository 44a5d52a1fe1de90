/** Rooms come in sizes of powers of two, from this on, bytes. */
const LEAST_BYTES = 1_024;
/** Free rooms beyond this are let go, bytes. */
const MAX_FREE_BYTES = 12 * 1024 * 1024;

/**
 * Memory for rows on their way to disk, which the store's thread reads where it is instead of getting a copy. Rooms go
 * from device to device: one is taken with a first row and given back when its rows are durable, so that there are as
 * many as one commit and the gathering of the next need. V8 does not count shared memory, and would not collect it in
 * time if each device had its own.
 */
export class RowRooms {
  readonly #free = new Map<number, SharedArrayBuffer[]>();
  #freeBytes = 0;

  /** A room of `bytes` or more, with whatever was in it. */
  take(bytes: number): SharedArrayBuffer {
    const size = sizeFor(bytes);
    const room = this.#free.get(size)?.pop();
    if (!room) return new SharedArrayBuffer(size);
    this.#freeBytes -= size;
    return room;
  }

  /** Nobody reads or writes the room any more. */
  give(room: SharedArrayBuffer): void {
    const size = room.byteLength;
    if (size === 0 || this.#freeBytes + size > MAX_FREE_BYTES) return;
    this.#freeBytes += size;
    const free = this.#free.get(size);
    if (free) free.push(room);
    else this.#free.set(size, [room]);
  }
}

function sizeFor(bytes: number): number {
  let size = LEAST_BYTES;
  while (size < bytes) size *= 2;
  return size;
}
