import { createHubClient, type BridgeLink } from '@shared/bridge/client';
import type { PageFault } from '@shared/bridge/ipc-channels';
import type { UiMessage } from '@shared/bridge/messages';
import type { HubApi } from '@shared/hub-api';
import { checkSession } from './sign-in';
import { createSocketLink } from './socket-link';

declare global {
  interface Window {
    /** The object that the desktop app's preload exposes; absent in a browser. */
    readonly wirewatch?: BridgeLink & { send(message: PageFault): void };
  }
}

/** Whether this UI runs in the desktop app, where no sign-in is needed. */
export function isDesktop(): boolean {
  return window.wirewatch !== undefined;
}

/** Connects to the hub: the desktop app's own, or the one that served this page. Reconnects when the link is cut. */
export function connectHub(): HubApi {
  const desktop = window.wirewatch;
  return createHubClient(
    desktop ? plainLink(desktop) : createSocketLink({ url: new URL('ui', location.href), checkSession }),
  );
}

/** Converts what views pass to plain data, because a reactive proxy cannot be cloned for another process. */
function plainLink(link: BridgeLink): BridgeLink {
  return {
    send: (message) => link.send(JSON.parse(JSON.stringify(message)) as UiMessage),
    start: (onMessage, onState) => link.start(onMessage, onState),
  };
}
