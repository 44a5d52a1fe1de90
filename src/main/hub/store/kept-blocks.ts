import { BlockRooms } from './block-rooms';
import type { Block, BlockColumn } from './codec/block';
import type { JournalRecord } from './device-state';

/** 48 MB of values; later blocks are not kept then: the oldest are the ones that are sealed next. */
const MAX_VALUES = 6 * 1024 * 1024;
/** What is not sealed by then came in no hurry, and there is time to read it back. */
const KEPT_FOR_MS = 10_000;

interface KeptBlock {
  /** Begins with the times; ends with each column's id and place. */
  room: Float64Array;
  rows: number;
  columns: number;
  since: number;
}

/**
 * Blocks of journal records that were written just now, by the record's id: a burst is sealed without reading it back.
 * Each is kept as its memory alone and made a block again when it is asked for: views of all columns of all blocks
 * would outlive many a garbage collection, and most of the store's time for those went there.
 */
export class KeptBlocks {
  readonly rooms = new BlockRooms();
  /** In the order they came. */
  readonly #blocks = new Map<number, KeptBlock>();
  #values = 0;

  /** `room` is the block's own: `roomFor` values or more, in which it was made, whole or not. */
  add({ id }: JournalRecord, block: Block, room: Float64Array, now: number): void {
    if (this.#values + room.length > MAX_VALUES || !noteColumns(block, room)) {
      this.rooms.give(room);
      return;
    }
    this.#blocks.set(id, { room, rows: block.t.length, columns: block.columns.length, since: now });
    this.#values += room.length;
  }

  /** Good until the next block is made after its `delete`. */
  get(id: number): Block | undefined {
    const kept = this.#blocks.get(id);
    return kept && blockIn(kept);
  }

  delete(id: number): void {
    const kept = this.#blocks.get(id);
    if (!kept) return;
    this.#blocks.delete(id);
    this.#values -= kept.room.length;
    this.rooms.give(kept.room);
  }

  /** Lets go what is old. */
  sweep(now: number): void {
    for (const [id, { since }] of this.#blocks) {
      if (now - since < KEPT_FOR_MS) return;
      this.delete(id);
    }
    this.rooms.clear();
  }
}

/** Writes down at the room's end where the columns are; false when not all of the block is in this room. */
function noteColumns({ t, columns }: Block, room: Float64Array): boolean {
  if (t.buffer !== room.buffer || t.byteOffset !== room.byteOffset) return false;
  let at = room.length - 2 * columns.length;
  for (const { id, v } of columns) {
    if (v.buffer !== room.buffer) return false;
    room[at++] = id;
    room[at++] = (v.byteOffset - room.byteOffset) / v.BYTES_PER_ELEMENT;
  }
  return true;
}

function blockIn({ room, rows, columns: count }: KeptBlock): Block {
  const columns: BlockColumn[] = [];
  for (let at = room.length - 2 * count; at < room.length; at += 2) {
    const start = room[at + 1] as number;
    columns.push({ id: room[at] as number, v: room.subarray(start, start + rows) });
  }
  return { t: room.subarray(0, rows), columns };
}
