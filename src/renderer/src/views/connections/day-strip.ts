import type { ConnectionSpan } from '@shared/model';
import { formatDuration } from '@shared/metrics/units';

/** How a device fared within `[from, to)`, in parts that follow each other without a rest. */
export interface StripPart {
  state: 'up' | 'down' | 'unknown';
  from: number;
  to: number;
}

/** A device is first seen a moment before its first connection counts: that is no absence, ms. */
const ARRIVAL_MS = 5_000;

/** Ups as the hub tells them; between them downs, before the device was first seen nothing. */
export function stripParts(
  spans: readonly ConnectionSpan[],
  from: number,
  to: number,
  firstSeenAt: number,
): StripPart[] {
  const parts: StripPart[] = [];
  let at = from;
  const fill = (until: number) => {
    let known = Math.min(until, Math.max(at, firstSeenAt));
    if (known === firstSeenAt && until < to && until - known < ARRIVAL_MS) known = until;
    if (known > at) parts.push({ state: 'unknown', from: at, to: known });
    if (until > known) parts.push({ state: 'down', from: known, to: until });
    at = until;
  };
  for (const span of spans) {
    const begin = Math.max(at, span.from);
    const end = Math.min(to, span.to);
    if (end <= begin) continue;
    if (begin > at) fill(begin);
    parts.push({ state: 'up', from: begin, to: end });
    at = end;
  }
  if (at < to) fill(to);
  return parts;
}

const COLORS: Record<StripPart['state'], string> = {
  up: 'var(--ok)',
  down: 'var(--bad)',
  unknown: 'var(--line)',
};
/** What is shorter would be less than a pixel: it is shown as wide as this, in shares of the strip. */
const LEAST_SHARE = 0.025;

/** The strip as one CSS background: a thousand rows cost a thousand strings and no elements. */
export function stripBackground(parts: readonly StripPart[]): string {
  const first = parts[0];
  const last = parts.at(-1);
  if (!first || !last) return 'none';
  const length = Math.max(1, last.to - first.from);
  const share = (time: number) => (time - first.from) / length;
  const stops: { color: string; from: number; to: number }[] = [];
  let at = 0;
  for (const part of parts) {
    const wanted = share(part.to);
    const to = Math.min(1, part.state === 'down' ? Math.max(wanted, at + LEAST_SHARE) : Math.max(at, wanted));
    if (to > at) stops.push({ color: COLORS[part.state], from: at, to });
    at = to;
  }
  // How things are now is at the very end.
  const now = stops.at(-1);
  const before = stops.at(-2);
  if (now && before && now.to - now.from < LEAST_SHARE)
    now.from = before.to = Math.max(before.from, 1 - LEAST_SHARE);
  const list = stops.map(({ color, from, to }) => `${color} ${percent(from)} ${percent(to)}`);
  return `linear-gradient(90deg, ${list.join(', ')})`;
}

const percent = (value: number) => `${(value * 100).toFixed(2)}%`;

/** The same in words: `Up all day`, `Up 97 % of today, away 2 times, 43 min in all`. */
export function describeStrip(parts: readonly StripPart[]): string {
  let up = 0;
  let down = 0;
  let times = 0;
  for (const { state, from, to } of parts) {
    if (state === 'up') up += to - from;
    if (state === 'down') {
      down += to - from;
      times++;
    }
  }
  if (up + down === 0) return 'No information about today';
  if (times === 0) return 'Connected all of today';
  if (up === 0) return 'Not connected today';
  // Nearly all is not all.
  const share = Math.min(99, Math.max(1, Math.round((up / (up + down)) * 100)));
  return `Connected ${share} % of today, away ${times === 1 ? 'once' : `${times} times`}, ${formatDuration(down)} in total`;
}
