import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GridRows, type GridContent, type RowRange } from './grid-rows';

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);
const content = (items: number[], columns = 2): GridContent<number> => ({
  items,
  columns,
  key: (item) => item,
});

/** Takes steps until none are left; returns their number. */
function settle(rows: GridRows<number>, what: GridContent<number>, range: RowRange, view = range): number {
  for (let steps = 1; ; steps++) if (rows.step(what, range, view) || steps > 1_000) return steps;
}

const shown = (rows: GridRows<number>) =>
  rows.list.toSorted((a, b) => a.index - b.index).map((row) => row.items);
const ids = (rows: GridRows<number>) => rows.list.map((row) => row.id);

describe('the rows of a grid', () => {
  it('come one a step, those in view first', () => {
    const rows = new GridRows<number>();
    const what = content(numbers(20));
    expect(rows.step(what, { from: 0, to: 6 }, { from: 2, to: 4 })).toBe(false);
    expect(shown(rows)).toEqual([[4, 5]]);
    expect(rows.step(what, { from: 0, to: 6 }, { from: 2, to: 4 })).toBe(false);
    expect(shown(rows)).toEqual([
      [4, 5],
      [6, 7],
    ]);
    settle(rows, what, { from: 0, to: 6 });
    while (!rows.sort());
    expect(rows.list.map((row) => row.index)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('are handed on while scrolling, and those that stay are left alone', () => {
    const rows = new GridRows<number>();
    const what = content(numbers(40));
    settle(rows, what, { from: 0, to: 4 });
    const before = rows.list;
    expect(settle(rows, what, { from: 1, to: 5 })).toBe(1);
    expect(rows.list.slice(1)).toEqual(before.slice(1));
    expect(rows.list[1]).toBe(before[1]);
    expect(rows.list[0]).toEqual({ id: before[0]?.id, index: 4, items: [8, 9] });
  });

  it('are put in order afterwards, one at a time and the shorter way round', () => {
    const rows = new GridRows<number>();
    const what = content(numbers(40));
    settle(rows, what, { from: 0, to: 6 });
    settle(rows, what, { from: 2, to: 8 });
    const index = () => rows.list.map((row) => row.index);
    expect(index()).toEqual([6, 7, 2, 3, 4, 5]);
    expect(rows.sort()).toBe(false);
    expect(index()).toEqual([7, 2, 3, 4, 5, 6]);
    expect(rows.sort()).toBe(true);
    expect(index()).toEqual([2, 3, 4, 5, 6, 7]);
    expect(rows.sort()).toBe(true);
  });

  it('stay where they are when the list is another one', () => {
    const rows = new GridRows<number>();
    settle(rows, content(numbers(40)), { from: 0, to: 4 });
    const before = ids(rows);
    settle(rows, content(numbers(40, 100)), { from: 0, to: 4 });
    expect(ids(rows)).toEqual(before);
    expect(shown(rows)[0]).toEqual([100, 101]);
  });

  it('go at once when there is nothing for them to show', () => {
    const rows = new GridRows<number>();
    settle(rows, content(numbers(40)), { from: 0, to: 4 });
    rows.step(content([7]), { from: 0, to: 1 }, { from: 0, to: 1 });
    expect(shown(rows)).toEqual([[7]]);
  });

  it('tell news about the same items in one step', () => {
    const rows = new GridRows<{ id: number }>();
    const of = (items: { id: number }[]) => ({ items, columns: 1, key: (item: { id: number }) => item.id });
    const range = { from: 0, to: 3 };
    while (!rows.step(of([{ id: 1 }, { id: 2 }, { id: 3 }]), range, range));
    const news = [{ id: 1 }, { id: 2 }, { id: 3 }];
    expect(rows.step(of(news), range, range)).toBe(true);
    expect(rows.list.map((row) => row.items[0])).toEqual(news);
    expect(rows.list[0]?.items[0]).toBe(news[0]);
  });

  it('always end up as what is wanted, whatever came before', () => {
    const state = fc.record({
      count: fc.nat(60),
      first: fc.nat(5),
      columns: fc.integer({ min: 1, max: 5 }),
      from: fc.nat(30),
      height: fc.nat(10),
      steps: fc.nat(8),
    });
    fc.assert(
      fc.property(fc.array(state, { maxLength: 12 }), (states) => {
        const rows = new GridRows<number>();
        for (const { count, first, columns, from, height, steps } of states) {
          const what = content(numbers(count, first), columns);
          const rowCount = Math.ceil(count / columns);
          const range = { from: Math.min(from, rowCount), to: Math.min(from + height, rowCount) };
          for (let i = 0; i < steps; i++) rows.step(what, range, range);
          settle(rows, what, range);
          expect(shown(rows).flat()).toEqual(what.items.slice(range.from * columns, range.to * columns));
          expect(new Set(ids(rows)).size).toBe(rows.list.length);
          for (let i = 0; i < 20; i++) rows.sort();
          expect(rows.sort()).toBe(true);
          expect(rows.list.flatMap((row) => row.items)).toEqual(shown(rows).flat());
        }
      }),
    );
  });
});
