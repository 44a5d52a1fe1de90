import type { EventInfo } from '@shared/model';

/** An older attempt is history and no longer a warning, ms. */
const RECENT_MS = 24 * 3_600_000;

/**
 * Returns the latest attempt to impersonate a device that its owner should still see: a key issued since then settles
 * it, and dismissed attempts stay hidden. `events` newest first; times in ms since the epoch.
 */
export function openImpostor(
  events: readonly EventInfo[],
  { keyIssuedAt, dismissedAt, now }: { keyIssuedAt: number | null; dismissedAt: number; now: number },
): EventInfo | null {
  const latest = events.find(({ kind }) => kind === 'impostor');
  if (!latest || latest.at <= now - RECENT_MS) return null;
  return latest.at > (keyIssuedAt ?? 0) && latest.at > dismissedAt ? latest : null;
}
