import { WebSocket, type RawData } from 'ws';
import type { Clock } from '@shared/clock';
import { encodeFeedFrame } from '@shared/bridge/feed-codec';
import type { HubMessage } from '@shared/bridge/messages';
import type { Logger } from '@shared/logger';
import { CLOSE, type CloseCode } from '@shared/protocol/close-codes';
import type { Caller, Hub, UiConnection } from '../hub/hub-contract';

/**
 * Sustained messages per second from one UI, with a burst on top. 64 feeds at 20 frames per second are each
 * acknowledged, so this is far above what our own UI sends.
 */
const MESSAGES_PER_SEC = 2_000;
const MESSAGE_BURST = 4_000;

/** The connection is cut after this many unanswered pings. */
const MAX_MISSED_PONGS = 2;

export interface BridgeConnectionOptions {
  caller: Caller;
  clock: Clock;
  log: Logger;
  pingEveryMs: number;
  maxBufferedBytes: number;
  closeTimeoutMs: number;
  onClosed(): void;
}

export interface BridgeConnection {
  /** Sends a close frame; settles when the socket is gone. */
  close(code: CloseCode, reason: string): Promise<void>;
}

/** Connects one browser over its WebSocket: JSON text both ways, feed frames to it in binary. */
export function createBridgeConnection(
  hub: Hub,
  socket: WebSocket,
  options: BridgeConnectionOptions,
): BridgeConnection {
  const { clock, log, caller } = options;
  const address = caller.from;
  let missedPongs = 0;
  let allowance = MESSAGE_BURST;
  let allowanceAt = clock.monotonic();
  let stopCloseTimer: (() => void) | null = null;
  const closed = Promise.withResolvers<void>();

  const ui: UiConnection = hub.connectUi(send, caller);
  const stopPings = clock.every(options.pingEveryMs, () => {
    if (missedPongs >= MAX_MISSED_PONGS) {
      log.debug('a UI stopped answering', { address });
      socket.terminate();
      return;
    }
    missedPongs++;
    socket.ping();
  });

  socket.on('pong', () => {
    missedPongs = 0;
  });
  socket.on('message', onMessage);
  socket.on('error', (error) => log.debug('a UI broke the protocol', { address, error: error.message }));
  socket.once('close', () => {
    stopPings();
    stopCloseTimer?.();
    ui.dispose();
    options.onClosed();
    closed.resolve();
  });

  function send(message: HubMessage): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    // Checked before sending: one large snapshot may pass, but a reader that takes nothing may not continue.
    if (socket.bufferedAmount > options.maxBufferedBytes) {
      log.warn('a UI does not read its data and is closed', {
        address,
        bufferedBytes: socket.bufferedAmount,
      });
      void close(CLOSE.tryLater, 'This UI reads too slowly.');
      return;
    }
    if (message.op === 'feed') socket.send(encodeFeedFrame(message.id, message.frame));
    else socket.send(JSON.stringify(message));
  }

  function onMessage(data: RawData, isBinary: boolean): void {
    missedPongs = 0;
    if (socket.readyState !== WebSocket.OPEN) return;
    if (!takeAllowance()) {
      void close(CLOSE.policy, 'This UI sends too many messages.');
      return;
    }
    const parsed = isBinary ? undefined : parseObject(data);
    if (parsed === undefined) {
      void close(CLOSE.badMessage, 'A message must be a JSON object.');
      return;
    }
    ui.receive(parsed);
  }

  function takeAllowance(): boolean {
    const now = clock.monotonic();
    allowance = Math.min(MESSAGE_BURST, allowance + ((now - allowanceAt) / 1_000) * MESSAGES_PER_SEC);
    allowanceAt = now;
    if (allowance < 1) return false;
    allowance--;
    return true;
  }

  function close(code: CloseCode, reason: string): Promise<void> {
    if (socket.readyState === WebSocket.OPEN) {
      socket.close(code, reason);
      stopCloseTimer ??= clock.after(options.closeTimeoutMs, () => socket.terminate());
    }
    return closed.promise;
  }

  return { close };
}

function parseObject(data: RawData): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.isBuffer(data) ? data.toString('utf8') : '');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
