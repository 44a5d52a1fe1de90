import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tickStep, timeTicks } from './time-ticks';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('ticks', () => {
  it('are in order, within the picture and apart', () => {
    const from = fc.integer({ min: 0, max: 4_000_000_000_000 });
    const range = fc.integer({ min: 10_000, max: 4_000 * DAY });
    fc.assert(
      fc.property(from, range, fc.integer({ min: 120, max: 1_600 }), (start, rangeMs, width) => {
        const ticks = timeTicks(start, start + rangeMs, tickStep(rangeMs, width, 84));
        expect(ticks.length).toBeLessThanOrEqual(width / 84 + 2);
        for (const [i, tick] of ticks.entries()) {
          expect(tick).toBeGreaterThanOrEqual(start);
          expect(tick).toBeLessThanOrEqual(start + rangeMs);
          if (i > 0) expect(tick).toBeGreaterThan(ticks[i - 1] ?? 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('stand at round hours of the local clock', () => {
    const midnight = new Date(2026, 2, 12).getTime();
    const ticks = timeTicks(midnight - 1, midnight + DAY, 6 * HOUR);
    expect(ticks.map((tick) => new Date(tick).getHours())).toEqual([0, 6, 12, 18, 0]);
  });

  it('stand at midnights when they are days apart', () => {
    const ticks = timeTicks(new Date(2026, 2, 1, 5).getTime(), new Date(2026, 3, 20).getTime(), 7 * DAY);
    expect(ticks.length).toBeGreaterThan(5);
    for (const tick of ticks) {
      expect(new Date(tick).getHours()).toBe(0);
      expect(new Date(tick).getDay()).toBe(1);
    }
  });

  it('stand at the beginnings of months and years when they are far apart', () => {
    for (const step of [30 * DAY, 90 * DAY, 365 * DAY]) {
      for (const tick of timeTicks(0, 3_000 * DAY, step)) expect(new Date(tick).getDate()).toBe(1);
    }
  });
});
