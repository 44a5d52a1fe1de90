import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLocalInput, startOfDay, startOfWeek, toLocalInput } from './local-time';
import { quickPicks } from './quick-picks';

const second = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1_000);

describe('moments in a form', () => {
  it('come back as they were, to the second', () => {
    fc.assert(
      fc.property(second, (time) => {
        // In the hour that repeats when summer time ends, local time is ambiguous.
        expect([0, 3_600_000, -3_600_000]).toContain((fromLocalInput(toLocalInput(time)) ?? NaN) - time);
      }),
    );
  });

  it('are nothing when half of them is missing', () => {
    expect(fromLocalInput('')).toBeNull();
    expect(fromLocalInput('2026-03-12')).toBeNull();
  });
});

describe('the calendar', () => {
  it('begins days at midnight and weeks on Monday', () => {
    const thursday = new Date(2026, 2, 12, 14, 30).getTime();
    expect(startOfDay(thursday)).toBe(new Date(2026, 2, 12).getTime());
    expect(startOfDay(thursday, 1)).toBe(new Date(2026, 2, 11).getTime());
    expect(startOfWeek(thursday)).toBe(new Date(2026, 2, 9).getTime());
    expect(startOfWeek(new Date(2026, 2, 15, 23).getTime())).toBe(new Date(2026, 2, 9).getTime());
  });

  it('offers nothing that lies in the future or ends before it begins', () => {
    fc.assert(
      fc.property(second, (now) => {
        for (const { span } of quickPicks(now)) {
          expect(span.from).toBeLessThanOrEqual(span.to);
          expect(span.to).toBeLessThanOrEqual(now);
        }
      }),
    );
  });
});
