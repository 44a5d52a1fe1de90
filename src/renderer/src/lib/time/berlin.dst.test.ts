import { afterAll, describe, expect, it, vi } from 'vitest';
import { describeStrip, stripParts } from '../../views/connections/day-strip';
import { formatMoment } from '../charts/axes/time-ticks';
import { describeMoment } from '../components/time-words';
import { describeSpan, fromLocalInput, startOfDay, startOfWeek, toLocalInput } from './local-time';

/** Must run before any import: the time formatters read the zone only once. */
const zone = vi.hoisted(() => {
  const before = process.env['TZ'];
  process.env['TZ'] = 'Europe/Berlin';
  return before;
});

const HOUR = 3_600_000;
/** Clocks go forward on Sunday, 29 March 2026, at 1:00 UTC, and back on Sunday, 25 October, at 1:00 UTC. */
const SPRING = Date.UTC(2026, 2, 29, 1);
const AUTUMN = Date.UTC(2026, 9, 25, 1);

describe('times where the clock is set in spring and autumn', () => {
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it('are said by the clock as it was then', () => {
    expect(describeMoment(SPRING - 1_000)).toMatch(/01:59:59$/);
    expect(describeMoment(SPRING)).toMatch(/03:00:00$/);
    expect(describeMoment(AUTUMN - 1_000)).toMatch(/02:59:59$/);
    expect(describeMoment(AUTUMN)).toMatch(/02:00:00$/);
    expect(formatMoment(AUTUMN + HOUR, 4 * HOUR)).toBe('03:00');
  });

  it('go into a field and come out of it, but for the hour that there is not', () => {
    for (const time of [SPRING - HOUR, SPRING, AUTUMN - 2 * HOUR, AUTUMN + HOUR]) {
      expect(fromLocalInput(toLocalInput(time))).toBe(time);
    }
    expect(toLocalInput(SPRING)).toBe('2026-03-29T03:00:00');
  });

  it('have days of 23 and of 25 hours', () => {
    const [spring, autumn] = [startOfDay(SPRING), startOfDay(AUTUMN)];
    expect([spring, autumn]).toEqual([Date.UTC(2026, 2, 28, 23), Date.UTC(2026, 9, 24, 22)]);
    const after = (time: number) => startOfDay(time + 36 * HOUR);
    expect([after(spring) - spring, after(autumn) - autumn]).toEqual([23 * HOUR, 25 * HOUR]);
    expect(startOfDay(after(spring) + 12 * HOUR, 1)).toBe(spring);
    expect(startOfDay(after(autumn) + 12 * HOUR, 1)).toBe(autumn);
    expect(startOfDay(autumn - 1)).toBe(autumn - 24 * HOUR);
  });

  it('have weeks that begin on Mondays, a Sunday being the last day', () => {
    expect(startOfWeek(SPRING)).toBe(Date.UTC(2026, 2, 22, 23));
    expect(startOfWeek(SPRING + 24 * HOUR)).toBe(Date.UTC(2026, 2, 29, 22));
    expect(startOfWeek(SPRING + 24 * HOUR, 1)).toBe(Date.UTC(2026, 2, 22, 23));
    expect(startOfWeek(AUTUMN + 48 * HOUR, 1)).toBe(Date.UTC(2026, 9, 18, 22));
  });

  it('are spans of days, whole ones when they are long, with the year when it is another', () => {
    const now = AUTUMN + 12 * HOUR;
    expect(describeSpan(AUTUMN - HOUR, AUTUMN + HOUR, now)).toBe('Today 02:00 – 03:00');
    expect(describeSpan(SPRING - HOUR, SPRING + HOUR, now)).toMatch(/29.* 01:00 – 04:00$/);
    expect(describeSpan(AUTUMN - 73 * HOUR, AUTUMN, now)).toMatch(/22.* – Today$/);
    expect(describeSpan(AUTUMN - 73 * HOUR, AUTUMN, now)).not.toMatch(/:/);
    expect(describeSpan(AUTUMN - 72 * HOUR, AUTUMN, now)).toMatch(/03:00 – Today 02:00$/);
    expect(describeSpan(SPRING - 400 * 24 * HOUR, SPRING - 390 * 24 * HOUR, now)).toMatch(/2025.*2025/);
  });

  it('fill the strip of a day as long as that day is', () => {
    const words = (at: number, hours: number) => {
      const from = startOfDay(at);
      const to = startOfDay(from + 36 * HOUR);
      return describeStrip(stripParts([{ from, to: from + hours * HOUR }], from, to, 0));
    };
    expect(words(SPRING, 23)).toBe('Connected all of today');
    expect(words(AUTUMN, 24)).toBe('Connected 96 % of today, away once, 1 h in total');
    expect(words(AUTUMN, 25)).toBe('Connected all of today');
  });
});
