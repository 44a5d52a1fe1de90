import { afterAll, describe, expect, it, vi } from 'vitest';
import { midnights, tickLabel, tickStep, timeTicks } from './time-ticks';

/** Before anything is imported: what formats times asks for the zone once. */
const zone = vi.hoisted(() => {
  const before = process.env['TZ'];
  process.env['TZ'] = 'Europe/Berlin';
  return before;
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Clocks go forward on 29 March 2026 at 2:00 and back on 25 October at 3:00. */
describe('ticks in a place where the clock is set', () => {
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  const hours = (times: readonly number[]) => times.map((time) => new Date(time).getHours());

  it('stand at the hours of the clock on the wall on the day with 23 hours and on the one with 25', () => {
    const spring = new Date(2026, 2, 29).getTime();
    expect(hours(timeTicks(spring, spring + 23 * HOUR, 6 * HOUR))).toEqual([0, 6, 12, 18, 0]);
    const autumn = new Date(2026, 9, 25).getTime();
    expect(hours(timeTicks(autumn, autumn + 25 * HOUR, 6 * HOUR))).toEqual([0, 6, 12, 18, 0]);
  });

  it('come once for each hour that there is', () => {
    const autumn = new Date(2026, 9, 25).getTime();
    expect(hours(timeTicks(autumn, autumn + 5 * HOUR, HOUR))).toEqual([0, 1, 2, 2, 3, 4]);
    const spring = new Date(2026, 2, 29).getTime();
    expect(hours(timeTicks(spring, spring + 3 * HOUR, HOUR))).toEqual([0, 1, 3, 4]);
  });

  it('say the day where one begins, however close they are', () => {
    const midnight = new Date(2026, 9, 25).getTime();
    for (const step of [1_000, 10_000, MINUTE, 30 * MINUTE, HOUR, 6 * HOUR])
      expect(tickLabel(midnight, step)).toMatch(/Oct/);
    expect(tickLabel(midnight + MINUTE, MINUTE)).toBe('00:01');
  });

  it('know where days begin', () => {
    const from = new Date(2026, 2, 28, 12).getTime();
    const found = midnights(from, from + 3 * DAY);
    expect(found.map((time) => new Date(time).getDate())).toEqual([29, 30, 31]);
    expect(hours(found)).toEqual([0, 0, 0]);
    expect((found[1] ?? 0) - (found[0] ?? 0)).toBe(23 * HOUR);
    expect(midnights(from, from + HOUR)).toEqual([]);
    expect(midnights(from + MINUTE, from + HOUR)).toEqual([]);
    expect(midnights(from, from + DAY)).toHaveLength(1);
  });

  it('are seconds apart in ten seconds, and a year or less in five years', () => {
    expect(tickStep(10_000, 440, 84)).toBe(2_000);
    expect(tickStep(5 * 365 * DAY, 440, 84)).toBe(365 * DAY);
  });
});
