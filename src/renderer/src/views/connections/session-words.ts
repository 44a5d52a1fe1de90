import type { SessionInfo } from '@shared/model';
import { STATE_WORDS } from '../../lib/components';

/** The word beside a connection's dot. An ended connection says so, as its device may be online through another one. */
export function sessionWord({ state, closedAt }: Pick<SessionInfo, 'state' | 'closedAt'>): string {
  return closedAt !== null && state === 'offline' ? 'Ended' : STATE_WORDS[state];
}
