import { afterAll, describe, expect, it, vi } from 'vitest';
import { midnights, tickLabel, tickStep, timeTicks } from './time-ticks';

/** Must run before any import, because the time formatters read the zone only once. */
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

  it('stand at the hours of the clock also after one that there is not', () => {
    const spring = new Date(2026, 2, 29).getTime();
    expect(hours(timeTicks(spring, spring + 11 * HOUR, 2 * HOUR))).toEqual([0, 4, 6, 8, 10, 12]);
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

describe('ticks in other places', () => {
  afterAll(() => {
    process.env['TZ'] = zone;
    if (zone === undefined) delete process.env['TZ'];
  });

  const clock = (times: readonly number[]) =>
    times.map((time) => {
      const date = new Date(time);
      return `${date.getDate()} ${date.getHours()}:${String(date.getMinutes()).padStart(2, '0')}`;
    });

  it('stand at midnights also after a day that has none', () => {
    process.env['TZ'] = 'America/Santiago';
    const from = new Date(2026, 8, 5).getTime();
    const days = ['5 0:00', '6 1:00', '7 0:00', '8 0:00'];
    expect(clock(timeTicks(from, from + 3 * DAY, DAY))).toEqual(days);
    expect(clock(midnights(from, from + 3 * DAY))).toEqual(days);
    const night = new Date(2026, 8, 5, 18).getTime();
    expect(clock(timeTicks(night, night + 17 * HOUR, 6 * HOUR))).toEqual(['5 18:00', '6 6:00', '6 12:00']);
  });

  it('stand at full hours where the clock is set by half of one', () => {
    process.env['TZ'] = 'Australia/Lord_Howe';
    const autumn = new Date(2026, 3, 5).getTime();
    expect(clock(timeTicks(autumn, autumn + 4 * HOUR, HOUR))).toEqual([
      '5 0:00',
      '5 1:00',
      '5 2:00',
      '5 3:00',
    ]);
    const spring = new Date(2026, 9, 4).getTime();
    expect(clock(timeTicks(spring, spring + 4 * HOUR, HOUR))).toEqual([
      '4 0:00',
      '4 1:00',
      '4 3:00',
      '4 4:00',
    ]);
  });

  it('stand at round minutes where the clock is off by a quarter', () => {
    process.env['TZ'] = 'Asia/Kathmandu';
    const from = new Date(2026, 2, 12, 9).getTime();
    expect(clock(timeTicks(from, from + 20 * MINUTE, 10 * MINUTE))).toEqual([
      '12 9:00',
      '12 9:10',
      '12 9:20',
    ]);
  });
});
