import type { SessionInfo } from '@shared/model';
import { STATE_WORDS } from '../../lib/components';

/** The word beside a connection's dot: one that is over says so, for its device may be online by another. */
export function sessionWord({ state, closedAt }: Pick<SessionInfo, 'state' | 'closedAt'>): string {
  return closedAt !== null && state === 'offline' ? 'Ended' : STATE_WORDS[state];
}
