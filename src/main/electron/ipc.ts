import { ipcMain, type IpcMainEvent, type WebContents, type WebFrameMain } from 'electron';
import { isRecord } from '@shared/protocol/parse';
import { IPC_OPEN, PAGE_FAULT_OP, TO_HUB_CHANNEL, TO_UI_CHANNEL } from '@shared/bridge/ipc-channels';
import { systemClock, type Clock } from '@shared/clock';
import type { Disposable } from '@shared/disposable';
import { stackOf } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { Hub, UiConnection } from '../hub/hub-contract';
import { uiOrigin } from './app-origin';
import { LimitedLog } from './limited-log';
import type { PageFaults } from './page-faults';

interface Connected {
  frame: WebFrameMain;
  connection: UiConnection;
  /** The number of navigations that had begun in the window when the page opened the connection. */
  navigation: number;
}

export interface IpcOptions {
  log: Logger;
  /** Receives the stacks of errors that the page did not catch. */
  onPageFault: PageFaults;
  clock?: Pick<Clock, 'monotonic'>;
}

/**
 * Connects the hub to the UI's page: one connection per window, opened by the page's preload as it loads, and
 * ended when another page has replaced it, or when it crashes or closes. Every message must come from the main
 * frame of our own origin.
 */
export function setupIpc(
  hub: Pick<Hub, 'connectUi'>,
  { log, onPageFault, clock = systemClock }: IpcOptions,
): Disposable {
  const connected = new Map<WebContents, Connected>();
  /** The windows that are watched, each with the number of navigations that have begun in it. */
  const navigations = new WeakMap<WebContents, number>();
  const refusals = new LimitedLog(log, clock);

  function disconnect(contents: WebContents): void {
    const entry = connected.get(contents);
    connected.delete(contents);
    entry?.connection.dispose();
  }

  function connect(contents: WebContents, frame: WebFrameMain): void {
    disconnect(contents);
    watch(contents);
    const connection = hub.connectUi(
      (message) => {
        // The page may be gone before its navigation is reported here; then the message has no receiver.
        if (frame.isDestroyed() || !isSameFrame(frame, contents.mainFrame)) return;
        try {
          frame.send(TO_UI_CHANNEL, message);
        } catch (error) {
          log.debug('A message to the window was lost.', { stack: stackOf(error) });
        }
      },
      { from: 'ipc', role: 'admin' },
    );
    connected.set(contents, { frame, connection, navigation: navigations.get(contents) ?? 0 });
  }

  function watch(contents: WebContents): void {
    if (navigations.has(contents)) return;
    navigations.set(contents, 0);
    // A navigation that has begun may still be refused, and then its page stays. So only a finished one ends
    // the connection, unless the new page has opened its own by then.
    contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) navigations.set(contents, (navigations.get(contents) ?? 0) + 1);
    });
    contents.on('did-navigate', () => {
      const entry = connected.get(contents);
      if (entry && entry.navigation < (navigations.get(contents) ?? 0)) disconnect(contents);
    });
    contents.on('render-process-gone', () => disconnect(contents));
    contents.once('destroyed', () => disconnect(contents));
  }

  function onMessage(event: IpcMainEvent, message: unknown): void {
    const frame = event.senderFrame;
    if (frame === null || !isTrusted(event, frame)) {
      refusals.warn('refused a message from a page that is not the UI', { origin: frame?.origin ?? 'gone' });
      return;
    }
    const op = isRecord(message) ? message['op'] : null;
    if (op === IPC_OPEN.op) {
      connect(event.sender, frame);
      return;
    }
    if (isRecord(message) && op === PAGE_FAULT_OP) {
      onPageFault(message['stack']);
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

/**
 * Whether a message comes from the main frame of our own page. `detached` says nothing here: before Electron 44 it stays
 * true for a main frame whose process crashed and came back.
 */
function isTrusted(event: IpcMainEvent, frame: WebFrameMain): boolean {
  return (
    !frame.isDestroyed() &&
    frame.parent === null &&
    isSameFrame(frame, event.sender.mainFrame) &&
    frame.origin === uiOrigin()
  );
}

/** Compares frames rather than objects, because Electron may wrap one frame more than once. */
function isSameFrame(a: WebFrameMain, b: WebFrameMain): boolean {
  return a.processId === b.processId && a.frameToken === b.frameToken;
}
