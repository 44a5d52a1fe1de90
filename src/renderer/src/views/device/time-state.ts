import { LIVE_REACH_MS, type Past } from '../../lib/time/ranges';
import { isFollowing, spanOf, type TimeView } from '../../lib/time/time-view';

/** The hub's feeds reach this far back at most, ms. */
export const FEED_REACH_MS = 3_600_000;

export interface TimeFacts {
  view: TimeView;
  past: Past;
  /** When an offline device was last seen; null while it is connected. */
  goneSince: number | null;
  now: number;
}

/** The time that a page actually shows. */
export interface ShownTime {
  rangeMs: number;
  /** The moment at the right edge; null follows the clock. */
  to: number | null;
  /** Whether it is drawn from history instead of from live samples. */
  isHistory: boolean;
}

/**
 * Returns the time that a page actually shows. An offline device shows its last data. A range longer than
 * `LIVE_REACH_MS` that contains some of it ends now instead, because the gap at its end tells more.
 */
export function shownTime({ view, past, goneSince, now }: TimeFacts): ShownTime {
  const { from, to } = spanOf(view, past.extent, now);
  const length = to - from;
  if (!isFollowing(view)) return { rangeMs: length, to, isHistory: true };
  const isShort = length <= LIVE_REACH_MS;
  const standing = goneSince !== null && (isShort || now - goneSince >= length) ? goneSince : null;
  const reach = length + (standing === null ? 0 : now - standing);
  return { rangeMs: length, to: standing, isHistory: past.kept && (!isShort || reach > FEED_REACH_MS) };
}
