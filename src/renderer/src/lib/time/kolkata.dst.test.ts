import { afterAll, describe, expect, it, vi } from 'vitest';
import { formatClock, formatMoment, midnights, tickLabel, timeTicks } from '../charts/axes/time-ticks';
import { describeDay, describeMoment } from '../components/time-words';
import { describeSpan, fromLocalInput, startOfDay, startOfWeek, toLocalInput } from './local-time';

/** Must run before any import: the time formatters read the zone only once. */
const zone = vi.hoisted(() => {
  const before = process.env['TZ'];
  process.env['TZ'] = 'Asia/Kolkata';
  return before;
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Friday, 13 March 2026, 1:30 in Kolkata, which is five and a half hours ahead of UTC. */
const NIGHT = Date.UTC(2026, 2, 12, 20);
const MIDNIGHT = Date.UTC(2026, 2, 12, 18, 30);

describe('times in a place that is off by half an hour', () => {
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it('are said by the clock on the wall', () => {
    expect(describeMoment(NIGHT)).toMatch(/13.*01:30:00$/);
    expect(describeDay(NIGHT)).toMatch(/13/);
    expect(formatClock(NIGHT + 8_000)).toBe('01:30:08');
    expect(formatMoment(NIGHT + 8_000, HOUR)).toBe('01:30:08');
    expect(formatMoment(NIGHT + 8_000, 3 * HOUR + 1)).toBe('01:30');
    expect(formatMoment(NIGHT, 20 * HOUR)).toMatch(/13.*01:30$/);
  });

  it('go into a field and come out of it as they are', () => {
    expect(toLocalInput(NIGHT)).toBe('2026-03-13T01:30:00');
    expect(fromLocalInput('2026-03-13T01:30:00')).toBe(NIGHT);
    expect(fromLocalInput('2026-03-13T00:00')).toBe(MIDNIGHT);
  });

  it('have days and weeks that begin at its midnight', () => {
    expect(startOfDay(NIGHT)).toBe(MIDNIGHT);
    expect(startOfDay(MIDNIGHT)).toBe(MIDNIGHT);
    expect(startOfDay(MIDNIGHT - 1)).toBe(MIDNIGHT - DAY);
    expect(startOfDay(NIGHT, 2)).toBe(MIDNIGHT - 2 * DAY);
    expect(startOfWeek(NIGHT)).toBe(Date.UTC(2026, 2, 8, 18, 30));
    expect(startOfWeek(NIGHT, 1)).toBe(Date.UTC(2026, 2, 1, 18, 30));
    expect(startOfWeek(Date.UTC(2026, 2, 8, 18, 30))).toBe(Date.UTC(2026, 2, 8, 18, 30));
    expect(midnights(NIGHT - DAY, NIGHT + DAY)).toEqual([MIDNIGHT, MIDNIGHT + DAY]);
  });

  it('are spans of its days', () => {
    expect(describeSpan(NIGHT, NIGHT + HOUR, NIGHT)).toBe('Today 01:30 – 02:30');
    expect(describeSpan(NIGHT, NIGHT + 5_000, NIGHT)).toBe('Today 01:30:00 – 01:30:05');
    expect(describeSpan(MIDNIGHT - HOUR, MIDNIGHT + HOUR, NIGHT)).toMatch(/12.* 23:00 – Today 01:00$/);
  });

  it('have ticks at its round hours and minutes', () => {
    expect(timeTicks(NIGHT, NIGHT + 2 * HOUR, HOUR)).toEqual([NIGHT + 30 * MINUTE, NIGHT + 90 * MINUTE]);
    expect(timeTicks(NIGHT + 1, NIGHT + HOUR, 30 * MINUTE)).toEqual([NIGHT + 30 * MINUTE, NIGHT + HOUR]);
    expect(timeTicks(MIDNIGHT - DAY, NIGHT, DAY)).toEqual([MIDNIGHT - DAY, MIDNIGHT]);
    expect(timeTicks(MIDNIGHT, MIDNIGHT + DAY, 6 * HOUR)).toEqual(
      [0, 6, 12, 18, 24].map((hours) => MIDNIGHT + hours * HOUR),
    );
    expect(tickLabel(NIGHT + 30 * MINUTE, HOUR)).toBe('02:00');
    expect(tickLabel(MIDNIGHT, HOUR)).toMatch(/13/);
    expect(tickLabel(MIDNIGHT, HOUR)).not.toMatch(/:/);
  });
});
