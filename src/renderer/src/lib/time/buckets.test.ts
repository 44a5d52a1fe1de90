import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RANGES } from './ranges';
import { bucketFor, coverWith, refreshEveryMs } from './buckets';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('columns', () => {
  it('are about a pixel wide and fit the roll-ups of the hub', () => {
    expect(bucketFor(HOUR, 740)).toBe(5_000);
    expect(bucketFor(DAY, 370)).toBe(4 * MINUTE);
    expect(bucketFor(7 * DAY, 370)).toBe(28 * MINUTE);
    expect(bucketFor(30 * DAY, 370)).toBe(2 * HOUR);
  });

  it('are never more than there are pixels, nor many fewer than half', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RANGES.flatMap(({ ms }) => (ms === null ? [] : [ms]))),
        fc.integer({ min: 200, max: 1_600 }),
        (rangeMs, width) => {
          const columns = rangeMs / bucketFor(rangeMs, width);
          expect(columns).toBeLessThanOrEqual(width);
          expect(columns).toBeGreaterThan(Math.min(width, 4_000) / 2.6);
        },
      ),
    );
  });

  it('mostly stay as they are while a window is resized', () => {
    expect(bucketFor(HOUR, 361)).toBe(bucketFor(HOUR, 500));
  });

  it('lie on a grid that does not move with the clock', () => {
    const cover = coverWith(5_000, 12_345, 61_234);
    expect(cover).toEqual({ from: 10_000, to: 65_000, points: 11 });
    expect(coverWith(5_000, 13_000, 62_000)).toEqual(cover);
  });

  it('are asked for again no more often than they change', () => {
    expect(refreshEveryMs(500)).toBe(2_000);
    expect(refreshEveryMs(10_000)).toBe(10_000);
    expect(refreshEveryMs(2 * HOUR)).toBe(60_000);
  });
});
