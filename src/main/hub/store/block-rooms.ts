/** Rooms come in sizes of four steps from one power of two to the next, from this on, values. */
const LEAST_VALUES = 64;
/** 8 MB of values; free rooms beyond are let go. */
const MAX_FREE_VALUES = 1024 * 1024;

/**
 * Memory for the blocks of journal records, used again once a block is sealed. Under load it would be the store's most
 * garbage by far, and large arrays count against V8's limit for memory outside its heap: it collects for each 32 MB.
 */
export class BlockRooms {
  readonly #free = new Map<number, Float64Array[]>();
  #freeValues = 0;

  /** A room for `values` or more, with whatever was in it. */
  take(values: number): Float64Array {
    const size = sizeFor(values);
    const room = this.#free.get(size)?.pop();
    if (!room) return new Float64Array(size);
    this.#freeValues -= size;
    return room;
  }

  /** Nobody reads the room any more once the present step of work is over. */
  give(room: Float64Array): void {
    if (this.#freeValues + room.length > MAX_FREE_VALUES) return;
    this.#freeValues += room.length;
    const free = this.#free.get(room.length);
    if (free) free.push(room);
    else this.#free.set(room.length, [room]);
  }

  clear(): void {
    this.#free.clear();
    this.#freeValues = 0;
  }
}

function sizeFor(values: number): number {
  let power = LEAST_VALUES;
  while (power * 2 <= values) power *= 2;
  const step = power / 4;
  return Math.max(LEAST_VALUES, Math.ceil(values / step) * step);
}
