import type { ConnectionSpan } from '@shared/model';
import { formatDuration } from '@shared/metrics/units';

/** One part of a device's time within `[from, to)`; consecutive parts leave no gaps. */
export interface StripPart {
  state: 'up' | 'down' | 'unknown';
  from: number;
  to: number;
}

/** A device is first seen shortly before its first connection counts; a pause up to this long is not downtime, ms. */
const ARRIVAL_MS = 5_000;
/** After a start of the hub, a device that connects within this time was not away, ms: agents wait before they try. */
const RETURN_MS = 60_000;

/**
 * Divides a device's time into parts. The hub's spans are up, and the time between them is down. Nobody knows about the
 * time before the device was first seen, nor about the pause that ended when the hub started at `hubStartedAt`. A span
 * cannot outlive the run of the hub that it belongs to: one that seems to ended at an unknown moment.
 */
export function stripParts(
  spans: readonly ConnectionSpan[],
  from: number,
  to: number,
  firstSeenAt: number,
  hubStartedAt = -Infinity,
): StripPart[] {
  const parts: StripPart[] = [];
  let at = from;
  const add = (state: StripPart['state'], until: number) => {
    if (until <= at) return;
    parts.push({ state, from: at, to: until });
    at = until;
  };
  const fill = (until: number) => {
    if (at < hubStartedAt && until >= hubStartedAt) {
      add('unknown', Math.min(until, hubStartedAt));
      // The device needs a moment to connect again.
      if (until < to && until - at < RETURN_MS) return add('unknown', until);
    }
    let known = Math.min(until, Math.max(at, firstSeenAt));
    if (known === firstSeenAt && until < to && until - known < ARRIVAL_MS) known = until;
    add('unknown', known);
    add('down', until);
  };
  for (const span of spans) {
    const begin = Math.max(at, span.from);
    const end = Math.min(to, span.to);
    if (end <= begin) continue;
    if (begin > at) fill(begin);
    if (begin < hubStartedAt && end > hubStartedAt) add('unknown', hubStartedAt);
    add('up', end);
  }
  if (at < to) fill(to);
  return parts;
}

const COLORS: Record<StripPart['state'], string> = {
  up: 'var(--ok)',
  down: 'var(--bad)',
  unknown: 'var(--line)',
};
/** Shorter parts would be less than a pixel, so they are drawn this wide, as a share of the strip. */
const LEAST_SHARE = 0.025;

/** Returns the strip as one CSS background, so that a thousand rows need only strings and no elements. */
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
  // The current state is at the very end.
  const now = stops.at(-1);
  const before = stops.at(-2);
  if (now && before && now.to - now.from < LEAST_SHARE)
    now.from = before.to = Math.max(before.from, 1 - LEAST_SHARE);
  const list = stops.map(({ color, from, to }) => `${color} ${percent(from)} ${percent(to)}`);
  return `linear-gradient(90deg, ${list.join(', ')})`;
}

const percent = (value: number) => `${(value * 100).toFixed(2)}%`;

/** Describes the strip in words: `Up all day`, `Up 97 % of today, away 2 times, 43 min in all`. */
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
  const unknown = parts.some(({ state }) => state === 'unknown');
  if (times === 0) return unknown ? 'Connected for as long as is known today' : 'Connected all of today';
  if (up === 0) return 'Not connected today';
  // Nearly all must not round up to all.
  const share = Math.min(99, Math.max(1, Math.round((up / (up + down)) * 100)));
  return `Connected ${share} % of today, away ${times === 1 ? 'once' : `${times} times`}, ${formatDuration(down)} in total`;
}
