import { BlockRooms } from './block-rooms';
import type { Block } from './codec/block';
import type { JournalRecord } from './device-state';

/** 48 MB of values; later blocks are not kept then: the oldest are the ones that are sealed next. */
const MAX_VALUES = 6 * 1024 * 1024;
/** What is not sealed by then came in no hurry, and there is time to read it back. */
const KEPT_FOR_MS = 10_000;

interface KeptBlock {
  block: Block;
  room: Float64Array | null;
  values: number;
  since: number;
}

/** Blocks of journal records that were written just now, by the record's id: a burst is sealed without reading it back. */
export class KeptBlocks {
  readonly rooms = new BlockRooms();
  /** In the order they came. */
  readonly #blocks = new Map<number, KeptBlock>();
  #values = 0;

  /** `room` is the memory of this block alone, null when others are in it too. */
  add({ id, cells }: JournalRecord, block: Block, room: Float64Array | null, now: number): void {
    const values = room?.length ?? cells;
    if (this.#values + values > MAX_VALUES) {
      if (room) this.rooms.give(room);
      return;
    }
    this.#blocks.set(id, { block, room, values, since: now });
    this.#values += values;
  }

  get(id: number): Block | undefined {
    return this.#blocks.get(id)?.block;
  }

  /** The block is good until the next one is made. */
  delete(id: number): void {
    const kept = this.#blocks.get(id);
    if (!kept) return;
    this.#blocks.delete(id);
    this.#values -= kept.values;
    if (kept.room) this.rooms.give(kept.room);
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
