import type { BridgeLink } from '@shared/bridge/client';
import { decodeFeedFrame } from '@shared/bridge/feed-codec';
import type { HubMessage, UiMessage } from '@shared/bridge/messages';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
/**
 * After this much silence, ms, the hub is probed: a browser cannot see the protocol's heartbeats, and the end of a
 * connection does not arrive over a cut network.
 */
const PROBE_AFTER_MS = 3_000;
/** Long enough for a busy hub on a slow link, ms. */
const PROBE_TIMEOUT_MS = 4_000;
/** The same after the browser has said that it is offline, ms. */
const OFFLINE_TIMEOUT_MS = 700;
/** An attempt to connect may take this long, ms; a network that swallows packets would keep it waiting for minutes. */
const CONNECT_TIMEOUT_MS = 8_000;
/** Client calls are numbered from 1, so no call waits for the answer to id 0. */
const PROBE: UiMessage = { op: 'call', id: 0, name: 'getHub', params: {} };
const UNAUTHORISED = 4001;

export interface SocketLinkOptions {
  /** The address of the bridge, `http:` or `https:`. */
  url: URL;
  /** Whether the hub still knows this browser; `unknown` when it cannot be asked. */
  checkSession(): Promise<'ok' | 'needs-code' | 'unknown'>;
  /** For tests. */
  random?: () => number;
}

/**
 * Creates the bridge over a WebSocket: JSON as text, feed frames as binary. It connects again with exponential back-off
 * and full jitter, at once when the network or the user comes back, and stops when the hub wants a sign-in.
 */
export function createSocketLink({ url, checkSession, random = Math.random }: SocketLinkOptions): BridgeLink {
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  let socket: WebSocket | null = null;
  let attempt = 0;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  /** Asks the open connection for a sign of life within this time, ms. */
  let probe: ((withinMs: number) => void) | null = null;

  return {
    send(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },

    start(onMessage, onState) {
      connect();
      window.addEventListener('online', retryNow);
      // A hub on this machine stays reachable, so this is a reason to ask, not an answer.
      window.addEventListener('offline', () => probe?.(OFFLINE_TIMEOUT_MS));
      document.addEventListener('visibilitychange', () => {
        if (document.hidden) return;
        retryNow();
        probe?.(PROBE_TIMEOUT_MS);
      });

      function connect(): void {
        retryTimer = undefined;
        onState('connecting');
        const current = new WebSocket(socketUrl);
        current.binaryType = 'arraybuffer';
        socket = current;
        let opened = false;
        let lost = false;
        let timer: ReturnType<typeof setTimeout> | undefined;

        const giveUp = () => {
          // In a dead network, `close` never fires, so abandon this socket without waiting for it.
          current.close();
          onLost(1006);
        };
        const ask = (withinMs: number) => {
          clearTimeout(timer);
          current.send(JSON.stringify(PROBE));
          timer = setTimeout(giveUp, withinMs);
        };
        const expectLife = () => {
          clearTimeout(timer);
          timer = setTimeout(() => ask(PROBE_TIMEOUT_MS), PROBE_AFTER_MS);
        };
        const onLost = (code: number) => {
          if (lost) return;
          lost = true;
          clearTimeout(timer);
          if (probe === ask) probe = null;
          if (socket === current) socket = null;
          void explain(code, opened);
        };

        timer = setTimeout(giveUp, CONNECT_TIMEOUT_MS);
        current.onopen = () => {
          if (lost) return;
          opened = true;
          attempt = 0;
          probe = ask;
          expectLife();
          onState('open');
        };
        current.onmessage = ({ data }) => {
          if (lost) return;
          expectLife();
          const message = readMessage(data);
          if (message) onMessage(message);
        };
        current.onclose = ({ code }) => onLost(code);
      }

      async function explain(code: number, opened: boolean): Promise<void> {
        // A browser cannot tell a refused upgrade from other failures, so ask the hub whether a sign-in is needed.
        const refused =
          code === UNAUTHORISED || (!opened && navigator.onLine && (await checkSession()) === 'needs-code');
        if (refused) {
          onState({
            code: 'UNAUTHORISED',
            message: 'This browser is no longer signed in.',
            retrying: false,
          });
          return;
        }
        const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
        attempt++;
        const waitMs = Math.max(100, random() * longest);
        retryTimer = setTimeout(connect, waitMs);
        onState({
          code: opened ? 'LINK_LOST' : 'UNREACHABLE',
          message: opened ? 'The connection to the hub was lost.' : 'The hub does not answer.',
          retrying: true,
          retryAt: Date.now() + waitMs,
        });
      }

      function retryNow(): void {
        if (retryTimer === undefined) return;
        clearTimeout(retryTimer);
        attempt = 0;
        connect();
      }
    },
  };
}

function readMessage(data: unknown): HubMessage | null {
  if (data instanceof ArrayBuffer) {
    const decoded = decodeFeedFrame(data);
    if (decoded.ok) return { op: 'feed', ...decoded.value };
    console.error(decoded.error.message);
    return null;
  }
  if (typeof data !== 'string') return null;
  try {
    // The hub is this page's own server, so its messages follow `messages.ts`.
    return JSON.parse(data) as HubMessage;
  } catch {
    console.error('The hub sent a message that is not valid JSON.');
    return null;
  }
}
