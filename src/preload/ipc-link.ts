import type { IpcRenderer } from 'electron';
import type { BridgeLink } from '@shared/bridge/client';
import { IPC_OPEN, TO_HUB_CHANNEL, TO_UI_CHANNEL, type PageFault } from '@shared/bridge/ipc-channels';
import type { HubMessage, UiMessage } from '@shared/bridge/messages';

export interface IpcLink extends BridgeLink {
  send(message: UiMessage | PageFault): void;
}

/**
 * The bridge over IPC. Both ends live as long as the app, so the link is open from the start and never closes.
 * Messages come from our own main process, so their shape is trusted; the hub parses what the page sends. Starting
 * again replaces the listener.
 */
export function createIpcLink(ipc: Pick<IpcRenderer, 'on' | 'removeAllListeners' | 'send'>): IpcLink {
  return {
    send: (message) => ipc.send(TO_HUB_CHANNEL, message),
    start(onMessage, onState) {
      ipc.removeAllListeners(TO_UI_CHANNEL);
      ipc.on(TO_UI_CHANNEL, (_event, message: HubMessage) => onMessage(message));
      ipc.send(TO_HUB_CHANNEL, IPC_OPEN);
      onState('open');
    },
  };
}
