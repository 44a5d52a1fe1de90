import { FaultError } from '@shared/errors';
import type { CommandHandlers } from '../hub/hub-contract';
import type { Bridge } from './bridge';
import type { UiSessions } from './ui-sessions';

/** Creates the handlers of commands about signed-in browsers. Ending a session closes the UIs that are open in it. */
export function createBrowserHandlers(
  sessions: UiSessions,
  bridge: Bridge,
): CommandHandlers<'listBrowsers' | 'revokeBrowser'> {
  return {
    listBrowsers: (_, caller) =>
      sessions.list().map(({ id, role, address, userAgent, signedInAt, lastSeenAt }) => ({
        id,
        role,
        address,
        userAgent,
        signedInAt,
        lastSeenAt,
        open: bridge.openIn(id),
        current: id === caller.browser,
      })),
    revokeBrowser({ browser }) {
      if (!sessions.end(browser)) throw new FaultError('NO_SUCH_BROWSER', 'This browser is not signed in.');
      return null;
    },
  };
}
