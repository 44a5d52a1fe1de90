import { FaultError } from '@shared/errors';
import type { Hub } from '../hub/hub-contract';
import type { Bridge } from './bridge';
import type { UiSessions } from './ui-sessions';

/** The commands about signed-in browsers. Ending a session closes the UIs that are open in it. */
export function setupBrowsers(hub: Hub, sessions: UiSessions, bridge: Bridge): void {
  hub.handleCommand('listBrowsers', (_, caller) =>
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
  );
  hub.handleCommand('revokeBrowser', ({ browser }) => {
    if (!sessions.end(browser)) throw new FaultError('NO_SUCH_BROWSER', 'This browser is not signed in.');
    return null;
  });
}
