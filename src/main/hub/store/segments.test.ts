import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segmentsOf, type Coverage } from './segments';
import { HOUR, HOUR_MS, MINUTE, MINUTE_MS, RAW, type Tier } from '../store-contract/tiers';

const none = Number.NEGATIVE_INFINITY;

function coverage(patch: Partial<Coverage> & { floors?: Partial<Record<Tier, number>> } = {}): Coverage {
  return { unsealed: [], dirtyHours: new Set(), floor: (tier) => patch.floors?.[tier] ?? none, ...patch };
}

describe('segments of a query', () => {
  it('are one of the wanted tier when that knows everything', () => {
    for (const tier of [RAW, MINUTE, HOUR] as const) {
      expect(segmentsOf(0, 10 * HOUR_MS, tier, coverage())).toEqual([{ tier, from: 0, to: 10 * HOUR_MS }]);
    }
    expect(segmentsOf(5, 5, RAW, coverage())).toEqual([]);
  });

  it('take what lies within a step of the tier at either end from finer ones', () => {
    const [from, to] = [HOUR_MS - 2 * MINUTE_MS + 5, 3 * HOUR_MS + MINUTE_MS + 7];
    expect(segmentsOf(from, to, HOUR, coverage())).toEqual([
      { tier: RAW, from, to: HOUR_MS - MINUTE_MS },
      { tier: MINUTE, from: HOUR_MS - MINUTE_MS, to: HOUR_MS },
      { tier: HOUR, from: HOUR_MS, to: 3 * HOUR_MS },
      { tier: MINUTE, from: 3 * HOUR_MS, to: 3 * HOUR_MS + MINUTE_MS },
      { tier: RAW, from: 3 * HOUR_MS + MINUTE_MS, to },
    ]);
    expect(segmentsOf(5, 10, HOUR, coverage())).toEqual([{ tier: RAW, from: 5, to: 10 }]);
    const forgotten = coverage({ floors: { [RAW]: 2 * HOUR_MS } });
    expect(segmentsOf(5, HOUR_MS + 7, MINUTE, forgotten)).toEqual([
      { tier: MINUTE, from: 5, to: HOUR_MS + 7 },
    ]);
  });

  it('take samples for minutes that are not sealed, and minutes for hours that are not rolled up', () => {
    const known = coverage({
      unsealed: [{ from: 5 * HOUR_MS + 61_000, to: 5 * HOUR_MS + 62_000 }],
      dirtyHours: new Set([4 * HOUR_MS]),
    });
    expect(segmentsOf(0, 6 * HOUR_MS, HOUR, known)).toEqual([
      { tier: HOUR, from: 0, to: 4 * HOUR_MS },
      { tier: MINUTE, from: 4 * HOUR_MS, to: 5 * HOUR_MS + MINUTE_MS },
      { tier: RAW, from: 5 * HOUR_MS + MINUTE_MS, to: 5 * HOUR_MS + 2 * MINUTE_MS },
      { tier: MINUTE, from: 5 * HOUR_MS + 2 * MINUTE_MS, to: 6 * HOUR_MS },
    ]);
  });

  it('take coarser tiers where finer ones are forgotten', () => {
    const known = coverage({ floors: { [RAW]: 3 * HOUR_MS + 5_000, [MINUTE]: HOUR_MS } });
    expect(segmentsOf(0, 4 * HOUR_MS, RAW, known)).toEqual([
      { tier: HOUR, from: 0, to: 2 * HOUR_MS },
      { tier: MINUTE, from: 2 * HOUR_MS, to: 3 * HOUR_MS + MINUTE_MS },
      { tier: RAW, from: 3 * HOUR_MS + MINUTE_MS, to: 4 * HOUR_MS },
    ]);
  });

  it('cover the range exactly, in order', () => {
    const time = fc.integer({ min: 0, max: 20 * HOUR_MS });
    const part = fc.tuple(time, fc.nat(HOUR_MS)).map(([from, length]) => ({ from, to: from + length }));
    fc.assert(
      fc.property(
        fc.tuple(time, time),
        fc.constantFrom<Tier>(RAW, MINUTE, HOUR),
        fc.array(part, { maxLength: 5 }),
        fc.array(fc.nat(20), { maxLength: 5 }),
        fc.option(time, { nil: none }),
        fc.option(time, { nil: none }),
        ([a, b], tier, unsealed, hours, raw, minute) => {
          const dirtyHours = new Set(hours.map((hour) => hour * HOUR_MS));
          const floors = { [RAW]: raw, [MINUTE]: minute };
          const segments = segmentsOf(
            Math.min(a, b),
            Math.max(a, b),
            tier,
            coverage({ unsealed, dirtyHours, floors }),
          );
          let at = Math.min(a, b);
          for (const { from, to } of segments) {
            expect(from).toBe(at);
            expect(to).toBeGreaterThan(from);
            at = to;
          }
          expect(at).toBe(Math.max(a, b));
        },
      ),
    );
  });
});
