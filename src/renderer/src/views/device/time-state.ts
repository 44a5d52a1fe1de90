import { LIVE_REACH_MS, type Past } from '../../lib/time/ranges';
import { isFollowing, spanOf, type TimeView } from '../../lib/time/time-view';

/** The hub's feeds reach this far back at most, ms. */
export const FEED_REACH_MS = 3_600_000;

export interface TimeFacts {
  view: TimeView;
  past: Past;
  /** When a device that is gone was last there; null while it is connected. */
  goneSince: number | null;
  now: number;
}

/** What a page makes of the time that it is asked to show. */
export interface ShownTime {
  rangeMs: number;
  /** The moment at the right edge; null follows the clock. */
  to: number | null;
  /** Whether it is drawn from history instead of from live samples. */
  isHistory: boolean;
}

/**
 * A device that is gone shows what it showed last, unless the range reaches beyond that anyway: then the gap at its
 * end tells more.
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
