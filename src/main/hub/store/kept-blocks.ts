import type { Block } from './codec/block';
import type { JournalRecord } from './device-state';

/** 48 MB of values; later blocks are not kept then: the oldest are the ones that are sealed next. */
const MAX_CELLS = 6 * 1024 * 1024;
/** What is not sealed by then came in no hurry, and there is time to read it back. */
const KEPT_FOR_MS = 10_000;

interface KeptBlock {
  block: Block;
  cells: number;
  since: number;
}

/** Blocks of journal records that were written just now, by the record's id: a burst is sealed without reading it back. */
export class KeptBlocks {
  /** In the order they came. */
  readonly #blocks = new Map<number, KeptBlock>();
  #cells = 0;

  add({ id, cells }: JournalRecord, block: Block, now: number): void {
    if (this.#cells + cells > MAX_CELLS) return;
    this.#blocks.set(id, { block, cells, since: now });
    this.#cells += cells;
  }

  get(id: number): Block | undefined {
    return this.#blocks.get(id)?.block;
  }

  delete(id: number): void {
    const kept = this.#blocks.get(id);
    if (!kept) return;
    this.#blocks.delete(id);
    this.#cells -= kept.cells;
  }

  /** Lets go what is old. */
  sweep(now: number): void {
    for (const [id, { since }] of this.#blocks) {
      if (now - since < KEPT_FOR_MS) return;
      this.delete(id);
    }
  }
}
