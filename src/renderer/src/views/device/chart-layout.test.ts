import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartSpans, TRACKS } from './chart-layout';

describe('chartSpans', () => {
  it('lays a wide chart beside a narrow one, and three narrow ones below', () => {
    expect(chartSpans([true, false, false, false, false], 3)).toEqual([4, 2, 2, 2, 2]);
  });

  it('stretches what stands in a row that would stay open', () => {
    expect(chartSpans([false, false, false, false], 3)).toEqual([2, 2, 2, 6]);
    expect(chartSpans([false, false, true], 3)).toEqual([3, 3, 6]);
    expect(chartSpans([true, false], 2)).toEqual([6, 6]);
    expect(chartSpans([true, false], 1)).toEqual([6, 6]);
  });

  it('fills every row exactly, whatever the charts', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.integer({ min: 1, max: 3 }), (wide, columns) => {
        const spans = chartSpans(wide, columns);
        expect(spans).toHaveLength(wide.length);
        let used = 0;
        for (const span of spans) {
          expect(Number.isInteger(span)).toBe(true);
          used += span;
          if (used === TRACKS) used = 0;
          expect(used).toBeLessThan(TRACKS);
        }
        expect(used).toBe(0);
      }),
    );
  });
});
