const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in its one or two largest units: `12 s`, `4 min`, `3 h 20 min`, `5 d 2 h`. */
export function describeDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return joinUnits(Math.floor(ms / HOUR), 'h', Math.floor((ms % HOUR) / MINUTE), 'min');
  return joinUnits(Math.floor(ms / DAY), 'd', Math.floor((ms % DAY) / HOUR), 'h');
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** How long ago in one unit: `just now`, `12 s ago`, `4 min ago`, `3 h ago`, `5 d ago`. */
export function describeAgo(ageMs: number): string {
  if (ageMs < 2 * SECOND) return 'just now';
  if (ageMs < MINUTE) return `${Math.floor(ageMs / SECOND)} s ago`;
  if (ageMs < HOUR) return `${Math.floor(ageMs / MINUTE)} min ago`;
  if (ageMs < DAY) return `${Math.floor(ageMs / HOUR)} h ago`;
  return `${Math.floor(ageMs / DAY)} d ago`;
}

/** The age's unit is what changes next; the moment it stands for, for people who want it exact. */
export function describeMoment(timeMs: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(timeMs);
}

/** A round trip: `0.4 ms`, `12 ms`, `1.2 s`. */
export function describeRoundTrip(rttMs: number | null): string {
  if (rttMs === null) return '—';
  if (rttMs < 10) return `${rttMs.toFixed(1)} ms`;
  if (rttMs < 1_000) return `${Math.round(rttMs)} ms`;
  return `${(rttMs / 1_000).toFixed(1)} s`;
}

/** A sampling interval: `250 ms`, `1 s`, `5 min`. */
export function describeInterval(intervalMs: number): string {
  return intervalMs < SECOND ? `${intervalMs} ms` : describeDuration(intervalMs);
}
