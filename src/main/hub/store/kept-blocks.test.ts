import { describe, expect, it } from 'vitest';
import type { Block } from './codec/block';
import type { JournalRecord } from './device-state';
import { KeptBlocks } from './kept-blocks';
import { blocksIn, roomFor } from './row-blocks';
import type { RowBatch } from './store-contract';
import { rows } from './testing/harness';

const batch = (value: number) => rows('a', [1, 2], [[1_000, value, value], [2_000, value, value]]); // prettier-ignore

function keep(kept: KeptBlocks, id: number, now = 0): Float64Array {
  const room = kept.rooms.take(roomFor(batch(id)));
  const [block] = blocksIn(room, batch(id));
  if (!block) throw new Error('no block');
  const record: JournalRecord = { id, from: 1_000, to: 2_000, rows: 2, cells: 4, isCompact: false };
  kept.add(record, block, room, now);
  return room;
}

function valuesOf(kept: KeptBlocks, id: number): number[] | undefined {
  return kept.get(id)?.columns.flatMap(({ v }) => [...v]);
}

describe('blocks that are kept until they are sealed', () => {
  it('stay what they are while others come and go in memory that is used again', () => {
    const kept = new KeptBlocks();
    const first = keep(kept, 1);
    keep(kept, 2);
    kept.delete(1);
    expect(keep(kept, 3)).toBe(first);
    expect(kept.get(1)).toBeUndefined();
    expect(valuesOf(kept, 2)).toEqual([2, 2, 2, 2]);
    expect(valuesOf(kept, 3)).toEqual([3, 3, 3, 3]);
  });

  it('are let go with their memory once they are old', () => {
    const kept = new KeptBlocks();
    const first = keep(kept, 1, 0);
    keep(kept, 2, 9_000);
    kept.sweep(10_000);
    expect(kept.get(1)).toBeUndefined();
    expect(valuesOf(kept, 2)).toEqual([2, 2, 2, 2]);
    kept.sweep(19_000);
    expect(keep(kept, 3)).not.toBe(first);
  });

  it('come back whole, whatever the order of their series, and are not kept when they are not all in their memory', () => {
    const kept = new KeptBlocks();
    const add = (id: number, given: RowBatch): Block | undefined => {
      const room = kept.rooms.take(roomFor(given));
      const [block] = blocksIn(room, given);
      if (!block) throw new Error('no block');
      kept.add({ id, from: 0, to: 0, rows: 0, cells: 0, isCompact: false }, block, room, 0);
      return block;
    };
    for (const [id, ids] of [
      [7, 3, 5],
      [4, 4, 2],
    ].entries()) {
      const block = add(id, rows('a', ids, [[1_000, 1, null, 3], [2_000, 4, 5, 6]])); // prettier-ignore
      expect(kept.get(id)).toEqual(block);
    }
    add(3, rows('a', [1, 2], [[2_000, 1, 2], [1_000, 3, 4], [2_000, 5, 6]])); // prettier-ignore
    expect(kept.get(3)).toBeUndefined();
  });

  it('have rooms of their size, with little to spare', () => {
    const { rooms } = new KeptBlocks();
    for (const values of [1, 64, 65, 100, 5_100, 40_000]) {
      const { length } = rooms.take(values);
      expect(length).toBeGreaterThanOrEqual(values);
      expect(length).toBeLessThanOrEqual(Math.max(64, values * 1.25 + 1));
    }
  });
});
