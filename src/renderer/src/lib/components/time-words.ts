/** Shared, because creating a formatter takes as long as formatting a hundred times. */
const moment = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
});

/** The exact time in the reader's locale, on the clock that charts and lists use. */
export function describeMoment(timeMs: number): string {
  return moment.format(timeMs);
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** Formats only the day, for uses without a time of day. */
export function describeDay(timeMs: number): string {
  return day.format(timeMs);
}

/** Formats a round trip: `0.4 ms`, `12 ms`, `1.2 s`. */
export function describeRoundTrip(rttMs: number | null): string {
  if (rttMs === null) return '—';
  if (rttMs < 10) return `${rttMs.toFixed(1)} ms`;
  if (rttMs < 1_000) return `${Math.round(rttMs)} ms`;
  return `${(rttMs / 1_000).toFixed(1)} s`;
}
