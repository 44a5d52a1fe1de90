/** Made once: making one takes as long as formatting a hundred times. */
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** The exact moment, in the reader's own way of writing it. */
export function describeMoment(timeMs: number): string {
  return moment.format(timeMs);
}

/** A round trip: `0.4 ms`, `12 ms`, `1.2 s`; a decimal only where it says something. */
export function describeRoundTrip(rttMs: number | null): string {
  if (rttMs === null) return '—';
  if (rttMs < 10) return `${rttMs.toFixed(1)} ms`;
  if (rttMs < 1_000) return `${Math.round(rttMs)} ms`;
  return `${(rttMs / 1_000).toFixed(1)} s`;
}
