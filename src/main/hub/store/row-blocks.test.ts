import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from './codec/block';
import { columnId, FIELD } from './fields';
import { mergeBlocks } from './merge-blocks';
import { blocksIn, cutBlock, roomFor } from './row-blocks';
import type { RowBatch } from '../store-contract/store-contract';
import { rows } from '../store-contract/testing/batches';

function blocksOf(batch: RowBatch): Block[] {
  return blocksIn(new Float64Array(roomFor(batch)), batch);
}

/** What a batch says, by series and time, later rows over earlier ones. */
function meaningOf(batches: RowBatch[]): Map<string, number> {
  const meaning = new Map<string, number>();
  for (const { series, t, v } of batches) {
    for (const [row, time] of t.entries()) {
      for (const [column, id] of series.entries()) {
        const value = v[row * series.length + column] ?? Number.NaN;
        if (!Number.isNaN(value)) meaning.set(`${id}@${time}`, value);
      }
    }
  }
  return meaning;
}

function meaningOfBlocks(blocks: readonly Block[]): Map<string, number> {
  const meaning = new Map<string, number>();
  for (const { t, columns } of blocks) {
    for (const { id, v } of columns) {
      for (const [row, value] of v.entries()) {
        if (!Number.isNaN(value)) meaning.set(`${id / columnId(1, FIELD.value)}@${t[row]}`, value);
      }
    }
  }
  return meaning;
}

const cell = fc.option(fc.integer({ min: 0, max: 9 }), { nil: null });
const anyBatch = fc
  .record({
    ids: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
    rows: fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), cell, cell, cell, cell), { maxLength: 30 }),
  })
  .map(({ ids, rows: all }) =>
    rows(
      'a',
      ids,
      all.map(([at, ...cells]) => [at * 120_000, ...cells.slice(0, ids.length)]),
    ),
  );

describe('blocks of rows', () => {
  it('say what the rows said, each time once, in order, without long silences', () => {
    fc.assert(
      fc.property(anyBatch, (batch) => {
        const blocks = blocksOf(batch);
        expect(meaningOfBlocks(blocks)).toEqual(meaningOf([batch]));
        for (const { t } of blocks) {
          for (let i = 1; i < t.length; i++) {
            const step = (t[i] ?? 0) - (t[i - 1] ?? 0);
            expect(step).toBeGreaterThan(0);
          }
        }
        const times = blocks.flatMap(({ t }) => [...t]);
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      }),
    );
  });

  it('merge into one that says the same, the later over the earlier', () => {
    fc.assert(
      fc.property(fc.array(anyBatch, { minLength: 1, maxLength: 5 }), (batches) => {
        const blocks = batches.flatMap(blocksOf);
        if (blocks.length === 0) return;
        const merged = mergeBlocks(blocks);
        expect(meaningOfBlocks([merged])).toEqual(meaningOf(batches));
        const parts = cutBlock(merged, 600_000);
        expect(meaningOfBlocks(parts)).toEqual(meaningOf(batches));
        for (const { t } of parts) {
          expect(Math.floor((t[0] ?? 0) / 600_000)).toBe(Math.floor((t.at(-1) ?? 0) / 600_000));
        }
      }),
    );
  });
});
