import { startOfDay, startOfWeek } from '../time/local-time';
import type { TimeSpan } from '../time/time-view';

export interface QuickPick {
  label: string;
  span: TimeSpan;
}

/** Returns common spans of the calendar, none of them in the future. */
export function quickPicks(now: number): QuickPick[] {
  const today = startOfDay(now);
  const week = startOfWeek(now);
  const month = new Date(today);
  month.setDate(1);
  const thisMonth = month.getTime();
  month.setMonth(month.getMonth() - 1);
  return [
    { label: 'Today', span: { from: today, to: now } },
    { label: 'Yesterday', span: { from: startOfDay(now, 1), to: today } },
    { label: 'This week', span: { from: week, to: now } },
    { label: 'Last week', span: { from: startOfWeek(now, 1), to: week } },
    { label: 'This month', span: { from: thisMonth, to: now } },
    { label: 'Last month', span: { from: month.getTime(), to: thisMonth } },
  ];
}
