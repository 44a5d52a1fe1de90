import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartSpans, columnsFor, plotHeight, TRACKS } from './chart-layout';

describe('chartSpans', () => {
  it('lays a wide chart beside a narrow one, and three narrow ones below', () => {
    expect(chartSpans([true, false, false, false, false], 3)).toEqual([40, 20, 20, 20, 20]);
  });

  it('stretches what stands in a row that would stay open', () => {
    expect(chartSpans([false, false, false, false], 3)).toEqual([20, 20, 20, 60]);
    expect(chartSpans([false, false, true], 3)).toEqual([30, 30, 60]);
    expect(chartSpans([true, false], 2)).toEqual([60, 60]);
    expect(chartSpans([true, false], 1)).toEqual([60, 60]);
  });

  it('fills every row exactly, whatever the charts', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.integer({ min: 1, max: 6 }), (wide, columns) => {
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

describe('the plots of a page', () => {
  it('are more in a row on a large screen, and each wider', () => {
    expect([358, 868, 1_190, 2_310, 3_590].map(columnsFor)).toEqual([1, 2, 3, 4, 6]);
  });

  it('are taller on a large screen, and lower where it is compact', () => {
    expect(plotHeight(1_190, 3, 'comfortable')).toBe(148);
    expect(plotHeight(2_310, 4, 'comfortable')).toBeGreaterThan(200);
    expect(plotHeight(2_310, 4, 'compact')).toBeLessThan(plotHeight(2_310, 4, 'comfortable'));
  });
});
