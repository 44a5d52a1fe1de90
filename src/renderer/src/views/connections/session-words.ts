import type { SessionInfo } from '@shared/model';
import { STATE_WORDS } from '../../lib/components';

/**
 * Returns the word beside a connection's dot. For an ended connection it says that, because its device may be online
 * through another one.
 */
export function sessionWord({ state, closedAt }: Pick<SessionInfo, 'state' | 'closedAt'>): string {
  return closedAt !== null && state === 'offline' ? 'Ended' : STATE_WORDS[state];
}
