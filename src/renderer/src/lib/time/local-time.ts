/** Formats a moment for `<input type="datetime-local">`: local time, to the second. */
export function toLocalInput(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** ms since the epoch; null if the text is not a time. */
export function fromLocalInput(text: string): number | null {
  const time = /^\d{4,6}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? new Date(text).getTime() : NaN;
  return Number.isFinite(time) ? time : null;
}

/** Returns the local midnight at or before a moment, minus `days` days. */
export function startOfDay(time: number, days = 0): number {
  const date = new Date(time);
  date.setHours(0, 0, 0, 0);
  // By the calendar, not by 24 hours, because days on which clocks change are shorter or longer.
  date.setDate(date.getDate() - days);
  return date.getTime();
}

/** Returns the Monday that began a moment's week, minus `weeks` weeks. */
export function startOfWeek(time: number, weeks = 0): number {
  const day = (new Date(time).getDay() + 6) % 7;
  return startOfDay(time, day + weeks * 7);
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const dayName = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });
const dayYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** Formats a span in its shortest clear form: `Today 14:02 – 20:02`, `Mon 2 Mar 14:00 – Tue 3 Mar 02:00`. */
export function describeSpan(from: number, to: number, now: number): string {
  const time = to - from <= 300_000 ? clockSeconds : clock;
  const sameDay = new Date(from).toDateString() === new Date(to).toDateString();
  // Whole days need no times, so that a month stays readable.
  const long = to - from > 3 * 86_400_000;
  const thisYear = new Date(from).getFullYear() === new Date(now).getFullYear();
  const day = (at: number) => {
    if (new Date(at).toDateString() === new Date(now).toDateString()) return 'Today';
    return (thisYear ? dayName : dayYear).format(at);
  };
  if (long) return `${day(from)} – ${day(to)}`;
  const end = sameDay ? time.format(to) : `${day(to)} ${time.format(to)}`;
  return `${day(from)} ${time.format(from)} – ${end}`;
}
