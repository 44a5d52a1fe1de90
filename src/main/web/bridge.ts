import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '@shared/clock';
import type { Logger } from '@shared/logger';
import type { UiRole } from '@shared/model';
import { CLOSE } from '@shared/protocol/close-codes';
import type { Hub } from '../hub/hub-contract';
import type { Access } from './access';
import { isThisMachine, peerAddress } from './address';
import { createBridgeConnection, type BridgeConnection } from './bridge-connection';
import { isOwnOrigin } from '../hub/port/origin-policy';
import { proxyAdvice } from './origin';
import { refuseUpgrade } from '../hub/port/refuse-upgrade';
import type { UiSession, UiSessions } from './ui-sessions';

export interface BridgeOptions {
  access: Access;
  sessions: UiSessions;
  /** Counts refusals by code. */
  onRefused(code: string, request: IncomingMessage): void;
  clock: Clock;
  log: Logger;
  maxConnections?: number | undefined;
  /** The time between two pings, ms; a UI that misses two is cut off. */
  pingEveryMs?: number | undefined;
  /** A UI with more unsent bytes than this is closed with 1013. */
  maxBufferedBytes?: number | undefined;
  /** The time from our close frame until the socket is cut, ms, if the browser does not answer. */
  closeTimeoutMs?: number | undefined;
}

export interface Bridge {
  readonly connections: number;
  /** Returns the number of UIs that a signed-in browser has open. */
  openIn(session: string): number;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes the UIs on other machines, once the UI is no longer shared. */
  closeRemote(): void;
  /** Sends 1001 to every UI and waits for the answers, at most `closeTimeoutMs`. */
  dispose(): Promise<void>;
}

const MAX_MESSAGE_BYTES = 1024 * 1024;
/** The most UIs of one browser: more tabs than a user has open, and few enough not to keep others out. */
const MAX_PER_BROWSER = 16;

/** `/ui`: connects the hub to a browser's WebSocket, after checking its session and origin. */
export function createBridge(hub: Hub, options: BridgeOptions): Bridge {
  const { access, clock, log } = options;
  const maxConnections = options.maxConnections ?? 64;
  const closeTimeoutMs = options.closeTimeoutMs ?? 1_000;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: 64,
    perMessageDeflate: false,
  });
  const open = new Map<BridgeConnection, { local: boolean; session: string; role: UiRole }>();
  /** Upgrades in progress count too, or a burst could exceed the limit. */
  let upgrading = 0;
  let disposed = false;

  function accept(webSocket: WebSocket, request: IncomingMessage, session: UiSession): void {
    const connection = createBridgeConnection(hub, webSocket, {
      caller: {
        from: peerAddress(request),
        role: session.role,
        browser: session.id,
        userAgent: session.userAgent ?? undefined,
      },
      clock,
      log,
      pingEveryMs: options.pingEveryMs ?? 15_000,
      maxBufferedBytes: options.maxBufferedBytes ?? 32 * 1024 * 1024,
      closeTimeoutMs,
      onClosed: () => open.delete(connection),
    });
    open.set(connection, { local: isThisMachine(request), session: session.id, role: session.role });
  }

  const openIn = (session: string): number =>
    [...open.values()].filter((ui) => ui.session === session).length;

  /** Whether one more UI may open. For an admin, the oldest viewer is closed to make room. */
  function hasRoom(session: UiSession): boolean {
    if (openIn(session.id) >= MAX_PER_BROWSER) return false;
    if (open.size + upgrading < maxConnections) return true;
    const viewer = session.role === 'admin' && [...open].find(([, ui]) => ui.role === 'viewer')?.[0];
    if (!viewer) return false;
    open.delete(viewer);
    void viewer.close(CLOSE.tryLater, 'Too many UIs are open.');
    return true;
  }

  const stopListening = options.sessions.ended.on((session) => {
    for (const [connection, ui] of open) {
      if (ui.session === session) void connection.close(CLOSE.unauthorised, 'This browser was signed out.');
    }
  });

  return {
    get connections() {
      return open.size;
    },
    openIn,
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      const refuse = (status: number, code: string, message: string): void => {
        log.debug('refused a UI', { address: peerAddress(request), code });
        options.onRefused(code, request);
        refuseUpgrade(socket, status, code, message);
      };
      const refusal = access.refusePeer(request);
      if (refusal) return refuse(refusal.status, refusal.code, refusal.message);
      if (!isOwnOrigin(request)) {
        const message = `Only the page of this hub may open this connection.${proxyAdvice(request)}`;
        return refuse(403, 'OTHER_SITE', message);
      }
      const session = access.session(request);
      if (!session) {
        return refuse(401, 'SESSION_NEEDED', 'Sign in with POST /ui/session first.');
      }
      if (disposed || !hasRoom(session)) {
        return refuse(503, 'TOO_MANY_UIS', 'Too many UIs are open; close one and try again.');
      }
      upgrading++;
      const done = (): void => {
        upgrading--;
        socket.off('close', done);
      };
      socket.on('close', done);
      server.handleUpgrade(request, socket, head, (webSocket) => {
        done();
        accept(webSocket, request, session);
      });
    },
    closeRemote() {
      for (const [connection, { local }] of open) {
        if (!local) void connection.close(CLOSE.policy, 'The UI is no longer shared.');
      }
    },
    async dispose() {
      disposed = true;
      stopListening();
      await Promise.all([...open.keys()].map((each) => each.close(CLOSE.goingAway, 'The hub is stopping.')));
      server.close();
    },
  };
}
