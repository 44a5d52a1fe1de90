import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RANGES } from './ranges';
import {
  canMoveBack,
  canMoveForward,
  formatView,
  isFollowing,
  moveView,
  parseView,
  spanOf,
  type TimeView,
} from './time-view';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 12, 12);
const extent = { oldest: NOW - 100 * HOUR, newest: NOW };

const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
const view = fc.oneof(
  fc.record({
    range: fc.constantFrom(...RANGES.map(({ name }) => name)),
    to: fc.option(moment),
  }) as fc.Arbitrary<TimeView>,
  fc
    .tuple(moment, fc.integer({ min: 1_000, max: 10 ** 12 }))
    .map(([from, length]): TimeView => ({ range: 'custom', from, to: from + length })),
);

describe('a view in the address', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(view, (one) => {
        expect(parseView(formatView(one))).toEqual(one);
      }),
    );
  });

  it('is written as people write moments', () => {
    expect(formatView({ range: '24h', to: NOW })).toBe('range=24h&to=2026-03-12T12:00:00Z');
  });

  it('may say moments in ms', () => {
    expect(parseView(`from=${NOW - HOUR}&to=${NOW}`)).toEqual({ range: 'custom', from: NOW - HOUR, to: NOW });
  });

  it('is nothing when it makes no sense', () => {
    for (const text of ['', 'range=2h', 'from=5', `from=${NOW}&to=${NOW - HOUR}`, 'from=now&to=then']) {
      expect(parseView(text), text).toBeNull();
    }
  });
});

describe('moving a view', () => {
  it('goes by half a window, so that some of it stays in sight', () => {
    const moved = moveView({ range: '6h', to: null }, -1, extent, NOW);
    expect(moved).toEqual({ range: '6h', to: NOW - 3 * HOUR });
    expect(spanOf(moved, extent, NOW)).toEqual({ from: NOW - 9 * HOUR, to: NOW - 3 * HOUR });
  });

  it('follows the clock again when it comes back to the present', () => {
    const moved = moveView({ range: '6h', to: NOW - 2 * HOUR }, 1, extent, NOW);
    expect(isFollowing(moved)).toBe(true);
  });

  it('keeps the length of any two moments, and never leads into the future', () => {
    const custom: TimeView = { range: 'custom', from: NOW - 5 * HOUR, to: NOW - HOUR };
    expect(moveView(custom, 1, extent, NOW)).toEqual({ range: 'custom', from: NOW - 4 * HOUR, to: NOW });
    expect(moveView(custom, -1, extent, NOW)).toEqual({
      range: 'custom',
      from: NOW - 7 * HOUR,
      to: NOW - 3 * HOUR,
    });
  });

  it('is there and back the same, unless the present is in the way', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('1m', '1h', '24h', '30d'),
        fc.integer({ min: 1, max: 1_000 }),
        (range, hours) => {
          const start: TimeView = { range, to: NOW - hours * HOUR };
          expect(moveView(moveView(start, -1, extent, NOW), 1, extent, NOW)).toEqual(start);
        },
      ),
    );
  });

  it('is offered only where there is something', () => {
    expect(canMoveBack({ range: '24h', to: null }, extent, NOW)).toBe(true);
    expect(canMoveBack({ range: '7d', to: null }, extent, NOW)).toBe(false);
    expect(canMoveBack({ range: 'all', to: null }, extent, NOW)).toBe(false);
    expect(canMoveBack({ range: '1h', to: null }, null, NOW)).toBe(false);
    expect(canMoveForward({ range: '24h', to: null }, NOW)).toBe(false);
    expect(canMoveForward({ range: '24h', to: NOW - HOUR }, NOW)).toBe(true);
    expect(canMoveForward({ range: 'custom', from: 0, to: NOW }, NOW)).toBe(false);
  });
});
