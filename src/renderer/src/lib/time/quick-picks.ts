import { startOfDay, startOfWeek } from './local-time';
import type { TimeSpan } from './time-view';

export interface QuickPick {
  label: string;
  span: TimeSpan;
}

/** Returns common spans of the calendar, none of them in the future. */
export function quickPicks(now: number): QuickPick[] {
  const today = startOfDay(now);
  const night = lastNight(now);
  const week = startOfWeek(now);
  const month = new Date(today);
  month.setDate(1);
  const thisMonth = month.getTime();
  month.setMonth(month.getMonth() - 1);
  return [
    { label: 'Today', span: { from: today, to: now } },
    { label: 'Last night', span: night },
    { label: 'Yesterday', span: { from: startOfDay(now, 1), to: today } },
    { label: 'This week', span: { from: week, to: now } },
    { label: 'Last week', span: { from: startOfWeek(now, 1), to: week } },
    { label: 'This month', span: { from: thisMonth, to: now } },
    { label: 'Last month', span: { from: month.getTime(), to: thisMonth } },
  ];
}

const EVENING_HOUR = 20;
const MORNING_HOUR = 8;

/** Returns the latest night, from eight to eight; in the small hours, the one that is not over yet. */
function lastNight(now: number): TimeSpan {
  const evening = new Date(startOfDay(now, 1));
  evening.setHours(EVENING_HOUR);
  const morning = new Date(startOfDay(now));
  morning.setHours(MORNING_HOUR);
  return { from: evening.getTime(), to: Math.min(now, morning.getTime()) };
}
