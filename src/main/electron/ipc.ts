import { ipcMain, type IpcMainEvent, type WebContents, type WebFrameMain } from 'electron';
import { isRecord } from '@shared/protocol/parse';
import { IPC_OPEN, TO_HUB_CHANNEL, TO_UI_CHANNEL } from '@shared/bridge/ipc-channels';
import type { Disposable } from '@shared/disposable';
import { stackOf } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { Hub, UiConnection } from '../hub/hub-contract';
import { uiOrigin } from './app-origin';

interface Connected {
  frame: WebFrameMain;
  connection: UiConnection;
}

/**
 * Connects the hub to the UI's page: one connection per window, opened by the page's preload as it loads, and ended
 * when the page navigates, crashes or closes. Every message must come from the main frame of our own origin.
 */
export function setupIpc(hub: Pick<Hub, 'connectUi'>, log: Logger): Disposable {
  const connected = new Map<WebContents, Connected>();
  const fenced = new WeakSet<WebContents>();

  function disconnect(contents: WebContents): void {
    const entry = connected.get(contents);
    connected.delete(contents);
    entry?.connection.dispose();
  }

  function connect(contents: WebContents, frame: WebFrameMain): void {
    disconnect(contents);
    const connection = hub.connectUi(
      (message) => {
        // A frame may be gone before its navigation is reported here; then the message has no receiver.
        if (frame.isDestroyed() || frame.detached) return;
        try {
          frame.send(TO_UI_CHANNEL, message);
        } catch (error) {
          log.debug('a message to the window was lost', { stack: stackOf(error) });
        }
      },
      { from: 'ipc', role: 'admin' },
    );
    connected.set(contents, { frame, connection });
    watch(contents);
  }

  function watch(contents: WebContents): void {
    if (fenced.has(contents)) return;
    fenced.add(contents);
    contents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) disconnect(contents);
    });
    contents.on('render-process-gone', () => disconnect(contents));
    contents.once('destroyed', () => disconnect(contents));
  }

  function onMessage(event: IpcMainEvent, message: unknown): void {
    const frame = event.senderFrame;
    if (frame === null || !isTrusted(event, frame)) {
      log.warn('refused a message from a page that is not the UI', { origin: frame?.origin ?? 'gone' });
      return;
    }
    if (isRecord(message) && message['op'] === IPC_OPEN.op) {
      connect(event.sender, frame);
      return;
    }
    // Late messages from a page that was left belong to no connection.
    const entry = connected.get(event.sender);
    if (entry && isSameFrame(entry.frame, frame)) entry.connection.receive(message);
  }

  ipcMain.on(TO_HUB_CHANNEL, onMessage);
  return {
    dispose() {
      ipcMain.off(TO_HUB_CHANNEL, onMessage);
      for (const contents of [...connected.keys()]) disconnect(contents);
    },
  };
}

/** Whether a message comes from the main frame of our own page. */
export function isTrusted(event: IpcMainEvent, frame: WebFrameMain): boolean {
  return (
    !frame.isDestroyed() &&
    !frame.detached &&
    frame.parent === null &&
    isSameFrame(frame, event.sender.mainFrame) &&
    frame.origin === uiOrigin()
  );
}

/** Compares frames rather than objects, because Electron may wrap one frame more than once. */
function isSameFrame(a: WebFrameMain, b: WebFrameMain): boolean {
  return a.processId === b.processId && a.frameToken === b.frameToken;
}
