import { FaultError } from '@shared/errors';
import type { sessionCommands } from '@shared/hub-api/sessions';
import { CLOSE } from '@shared/protocol/close-codes';
import { sessionDetail } from '../../sessions/describe-session';
import type { Session } from '../../sessions/session';
import type { SessionTable } from '../../sessions/session-table';
import type { CommandHandlers } from '../command-handlers';

export interface SessionHandlersContext {
  sessions: SessionTable;
}

export function createSessionHandlers({
  sessions,
}: SessionHandlersContext): CommandHandlers<keyof typeof sessionCommands> {
  return {
    getSession: ({ session }) => sessionDetail(requireSession(sessions, session)),
    pingSession: async ({ session }) => ({ rttMs: await requireSession(sessions, session).ping() }),
    closeSession({ session }) {
      requireSession(sessions, session).close(CLOSE.normal, 'closed in the app');
      return null;
    },
  };
}

/** Throws `NO_SUCH_SESSION`. */
export function requireSession(sessions: SessionTable, id: string): Session {
  const session = sessions.get(id);
  if (!session) throw new FaultError('NO_SUCH_SESSION', 'Connection not found.');
  return session;
}
