import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMoment, parseTimeRange } from './time-range';

const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);

describe('a moment', () => {
  it.each([
    ['now', NOW],
    ['0', 0],
    ['1772366400000', NOW],
    ['-5m', NOW - 300_000],
    ['-250ms', NOW - 250],
    ['-2h', NOW - 7_200_000],
    ['-1w', NOW - 604_800_000],
    ['2026-03-01T12:00:00Z', NOW],
    ['2026-03-01T13:00:00+01:00', NOW],
    ['2026-03-01T12:00', NOW],
    ['2026-03-01', NOW - 12 * 3_600_000],
  ])('%s is read', (text, expected) => {
    expect(parseMoment(text, NOW)).toBe(expected);
  });

  it.each(['', ' ', '5m', '+5m', '-5', '-5y', '1e3', '12:00', '2026-13-01', 'March 1, 2026', 'NaN'])(
    '"%s" is none',
    (text) => {
      expect(parseMoment(text, NOW)).toBeNull();
    },
  );

  it('is a finite number or nothing, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const moment = parseMoment(text, NOW);
        return moment === null || Number.isFinite(moment);
      }),
    );
  });
});

describe('a range', () => {
  it('is the last 15 minutes when nothing is said', () => {
    expect(parseTimeRange(null, null, NOW)).toEqual({ ok: true, value: { from: NOW - 900_000, to: NOW } });
  });

  it('begins 15 minutes before its end when only that is said', () => {
    expect(parseTimeRange(null, '-1h', NOW)).toEqual({
      ok: true,
      value: { from: NOW - 4_500_000, to: NOW - 3_600_000 },
    });
  });

  it('has to begin before it ends', () => {
    expect(parseTimeRange('now', 'now', NOW)).toMatchObject({ ok: false, error: { code: 'EMPTY_RANGE' } });
  });
});
