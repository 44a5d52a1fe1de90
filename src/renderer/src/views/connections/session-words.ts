import type { SessionInfo } from '@shared/model';
import { STATE_WORDS } from '../../lib/components';

/**
 * Returns the word beside a connection's dot. For an ended connection it says that, because its device may be online
 * through another one.
 */
export function sessionWord(
  { state, closedAt }: Pick<SessionInfo, 'state' | 'closedAt'>,
  isLastKnown = false,
): string {
  // An ended connection stays ended; nobody knows about an open one without the hub.
  if (isLastKnown && closedAt === null) return 'Unknown';
  return closedAt !== null && state === 'offline' ? 'Ended' : STATE_WORDS[state];
}
