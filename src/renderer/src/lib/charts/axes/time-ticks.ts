import { BoundedMap } from '@shared/bounded-map';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Nominal lengths: ticks a day or more apart go by the calendar. */
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14].map((days) => days * DAY),
  ...[1, 2, 3, 6].map((months) => months * MONTH),
];
const MAX_REMEMBERED = 256;
/** For ranges this long or longer, a time of day is ambiguous without its day. */
export const SAY_DAY_FROM_MS = 20 * HOUR;
/** Weeks are counted from a Monday. */
const A_MONDAY = Date.UTC(2024, 0, 1) / DAY;

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(undefined, { hourCycle: 'h23', ...options });
const toMinutes = format({ hour: '2-digit', minute: '2-digit' });
const toSeconds = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const toDay = format({ day: 'numeric', month: 'short' });
const toMonth = format({ month: 'short' });
const toYear = format({ year: 'numeric' });
const dayToMinutes = format({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

const remembered = new BoundedMap<string, string>(MAX_REMEMBERED);

/** Formats local time to the second: `10:42:08`. */
export const formatClock = (time: number): string => toSeconds.format(time);

/** Formats a time as precisely as a picture of `rangeMs` can show it: `10:42:08`, `12 Mar, 10:42`. */
export function formatMoment(time: number, rangeMs: number): string {
  if (rangeMs >= SAY_DAY_FROM_MS) return dayToMinutes.format(time);
  return (rangeMs > 3 * HOUR ? toMinutes : toSeconds).format(time);
}

/**
 * Returns the step that leaves at least `spacing` pixels between ticks; whole years if no listed step is long enough.
 */
export function tickStep(rangeMs: number, width: number, spacing: number): number {
  const least = (rangeMs / Math.max(1, width)) * spacing;
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / YEAR) * YEAR;
}

/** Returns the ticks within `[from, to]`: round times of the local clock and calendar. */
export function timeTicks(from: number, to: number, step: number): number[] {
  const ticks: number[] = [];
  if (step <= 30 * MINUTE) {
    // Some time zones are off by half an hour or a quarter.
    const offset = new Date(from).getTimezoneOffset() * MINUTE;
    for (let time = Math.ceil((from - offset) / step) * step + offset; time <= to; time += step)
      ticks.push(time);
    return ticks;
  }
  const date = new Date(from);
  if (step < DAY) {
    // Step by local hours, so that ticks stay at 6, 12 and 18 when the clocks change.
    const hours = step / HOUR;
    date.setMinutes(0, 0, 0);
    date.setHours(Math.floor(date.getHours() / hours) * hours);
    while (date.getTime() <= to) {
      // If the clock skips a round hour, the hour shown instead gets no tick.
      const isRound = date.getHours() % hours === 0;
      if (isRound && date.getTime() >= from) ticks.push(date.getTime());
      const before = date.getTime();
      // The hour that repeats when summer time ends counts as two hours.
      if (hours === 1) date.setTime(before + HOUR);
      else date.setHours((Math.floor(date.getHours() / hours) + 1) * hours);
      // Move forward only: where clocks change by half an hour, moving back could return to the previous tick.
      if (date.getMinutes() !== 0) date.setMinutes(60);
      if (date.getTime() <= before) date.setTime(before + step);
    }
    return ticks;
  }
  date.setHours(0, 0, 0, 0);
  const months = Math.round(step / MONTH);
  if (step >= MONTH) date.setMonth(step >= YEAR ? 0 : Math.floor(date.getMonth() / months) * months, 1);
  const days = step / DAY;
  while (date.getTime() <= to) {
    if (date.getTime() >= from && (step >= MONTH || isOnGrid(date, days))) ticks.push(date.getTime());
    if (step >= YEAR) date.setFullYear(date.getFullYear() + Math.round(step / YEAR));
    else if (step >= MONTH) date.setMonth(date.getMonth() + months);
    else date.setDate(date.getDate() + 1);
    // A day without a midnight may start later; reset the hour for the days after it.
    date.setHours(0, 0, 0, 0);
  }
  return ticks;
}

export const isDayOrMore = (step: number): boolean => step >= DAY;

/** The last range found to contain no midnight, cached because most pictures lie within one. */
let calm = { from: 0, to: 0 };

/** Returns the local midnights within `[from, to]`; a day may be 23 or 25 hours long. */
export function midnights(from: number, to: number): readonly number[] {
  if (from > calm.from && to < calm.to) return [];
  const date = new Date(from);
  date.setHours(0, 0, 0, 0);
  const before = date.getTime();
  const found: number[] = before === from ? [before] : [];
  for (;;) {
    date.setDate(date.getDate() + 1);
    date.setHours(0, 0, 0, 0);
    if (date.getTime() > to) break;
    found.push(date.getTime());
  }
  if (found.length === 0) calm = { from: before, to: date.getTime() };
  return found;
}

/** Whether a day falls on a grid of every `days` days, independent of months. */
function isOnGrid(date: Date, days: number): boolean {
  const day = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY;
  return (day - A_MONDAY) % days === 0;
}

/** Returns a tick's label in local time, no finer than the step needs; at midnight it names the day. */
export function tickLabel(time: number, step: number): string {
  const kind = step < MINUTE ? 's' : step < HOUR ? 'm' : step < DAY ? 'h' : step < MONTH ? 'd' : 'M';
  const key = `${kind}${time}`;
  let label = remembered.get(key);
  if (label === undefined) {
    label = makeLabel(time, step);
    remembered.set(key, label);
  }
  return label;
}

function makeLabel(time: number, step: number): string {
  const date = new Date(time);
  if (step < DAY && isMidnight(date)) return toDay.format(time);
  if (step < MINUTE) return toSeconds.format(time);
  if (step >= YEAR) return toYear.format(time);
  if (step >= MONTH) return (date.getMonth() === 0 ? toYear : toMonth).format(time);
  if (step >= DAY) return toDay.format(time);
  return toMinutes.format(time);
}

const isMidnight = (date: Date): boolean =>
  date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0 && date.getMilliseconds() === 0;
