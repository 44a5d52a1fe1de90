import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PANEL_WIDTHS, type BoardPanel } from '@shared/boards/board';
import { EMPTY_VIEW } from '@shared/explore/explore-view';
import { columnsAt, movePanel, nearestWidth, resized, rowsTaken, sizeWords, spanAt } from './arrange';

const panel = (id: string, width: BoardPanel['width'] = 6, rows = 2): BoardPanel => ({
  id,
  title: id,
  width,
  rows,
  view: EMPTY_VIEW,
});
const ids = (panels: readonly BoardPanel[]) => panels.map(({ id }) => id).join('');
const abc = [panel('a'), panel('b'), panel('c')];

describe('arranging', () => {
  it('puts a panel at another place, and stops at the ends', () => {
    expect(ids(movePanel(abc, 'a', 1))).toBe('bac');
    expect(ids(movePanel(abc, 'c', 0))).toBe('cab');
    expect(ids(movePanel(abc, 'a', 99))).toBe('bca');
    expect(ids(movePanel(abc, 'a', -1))).toBe('abc');
    expect(ids(movePanel(abc, 'x', 0))).toBe('abc');
  });

  it('makes panels wider and higher in steps, within bounds', () => {
    expect(resized({ width: 6, rows: 2 }, { width: 1 })).toEqual({ width: 8, rows: 2 });
    expect(resized({ width: 12, rows: 4 }, { width: 1, rows: 1 })).toEqual({ width: 12, rows: 4 });
    expect(resized({ width: 3, rows: 1 }, { width: -1, rows: -1 })).toEqual({ width: 3, rows: 1 });
  });

  it('finds the width that is meant', () => {
    expect([0.1, 0.3, 0.45, 0.7, 2].map(nearestWidth)).toEqual([3, 4, 6, 8, 12]);
    expect(sizeWords({ width: 4, rows: 1 })).toBe('a third of the width, 1 row');
  });
});

describe('a board', () => {
  it('has fewer columns where there is less room, and every panel stays readable', () => {
    expect([3_600, 1_200, 820, 400].map(columnsAt)).toEqual([12, 12, 6, 1]);
    expect(PANEL_WIDTHS.map((width) => spanAt(width, 6))).toEqual([3, 3, 6, 6, 6]);
  });

  it('knows how many rows it takes', () => {
    expect(rowsTaken([], 12)).toBe(0);
    expect(rowsTaken(abc, 12)).toBe(4);
    expect(rowsTaken([panel('a', 4), panel('b', 4), panel('c', 4)], 12)).toBe(2);
    // The third panel stands below the second and beside the first, which is higher.
    expect(rowsTaken([panel('a', 6, 2), panel('b', 6, 1), panel('c', 6, 1)], 12)).toBe(2);
    expect(rowsTaken(abc, 1)).toBe(6);
  });

  it('never takes more rows than its panels have', () => {
    const panels = fc.array(
      fc.record({ width: fc.constantFrom(...PANEL_WIDTHS), rows: fc.integer({ min: 1, max: 4 }) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(panels, fc.constantFrom(12 as const, 6 as const, 1 as const), (list, columns) => {
        const all = list.reduce((sum, { rows }) => sum + rows, 0);
        expect(rowsTaken(list, columns)).toBeLessThanOrEqual(all);
      }),
    );
  });
});
