import { isRangeName, rangeMs, type Extent, type RangeName } from './ranges';

/**
 * The time that a page shows: a range that ends now (`to: null`) or at a moment, or a span between two moments.
 * All times are ms since the epoch.
 */
export type TimeView =
  { range: RangeName; to: number | null } | { range: 'custom'; from: number; to: number };

export interface TimeSpan {
  from: number;
  to: number;
}

/** The shortest useful span, ms. */
export const SHORTEST_SPAN_MS = 1_000;
/** The share of the visible span by which a view moves, so that some of it stays in view. */
const MOVE_BY = 0.5;

/** Whether the view moves on with the clock. */
export function isFollowing(view: TimeView): boolean {
  return view.range !== 'custom' && view.to === null;
}

/** Returns the time that a view shows, `[from, to)`. */
export function spanOf(view: TimeView, extent: Extent | null, now: number): TimeSpan {
  if (view.range === 'custom') return { from: view.from, to: view.to };
  const to = view.to ?? now;
  return { from: to - rangeMs(view.range, extent, now), to };
}

/**
 * Moves half a window back (`-1`) or forward (`1`). A range that reaches the present follows the clock again.
 */
export function moveView(view: TimeView, step: -1 | 1, extent: Extent | null, now: number): TimeView {
  const { from, to } = spanOf(view, extent, now);
  const next = Math.round(to + step * (to - from) * MOVE_BY);
  if (view.range === 'custom') {
    const end = Math.min(next, Math.round(now));
    return { range: 'custom', from: end - (to - from), to: end };
  }
  return { range: view.range, to: next >= now ? null : next };
}

/** Whether there is data older than the shown time. */
export function canMoveBack(view: TimeView, extent: Extent | null, now: number): boolean {
  if (view.range === 'all') return false;
  return extent !== null && spanOf(view, extent, now).from > extent.oldest;
}

export function canMoveForward(view: TimeView, now: number): boolean {
  return view.range === 'custom' ? view.to < Math.floor(now) - SHORTEST_SPAN_MS : view.to !== null;
}

/** Formats a view for an address: `range=24h&to=2026-03-12T08:00:00Z`, `from=…&to=…`. */
export function formatView(view: TimeView): string {
  if (view.range === 'custom') return `from=${formatMoment(view.from)}&to=${formatMoment(view.to)}`;
  return view.to === null ? `range=${view.range}` : `range=${view.range}&to=${formatMoment(view.to)}`;
}

/** Parses a view; null if the text is invalid. Moments may be ISO 8601 or ms since the epoch. */
export function parseView(text: string): TimeView | null {
  const query = new URLSearchParams(text);
  const to = parseMoment(query.get('to'));
  const from = parseMoment(query.get('from'));
  const range = query.get('range');
  if (isRangeName(range)) return { range, to };
  if (from === null || to === null || to - from < SHORTEST_SPAN_MS) return null;
  return { range: 'custom', from, to };
}

function formatMoment(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

/** The last moment that a `Date` can represent, ms. */
const LAST_MOMENT = 8_640_000_000_000_000;

function parseMoment(text: string | null): number | null {
  if (text === null || text === '') return null;
  const time = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(time) && Math.abs(time) <= LAST_MOMENT ? time : null;
}
