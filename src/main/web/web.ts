import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock, type Clock } from '@shared/clock';
import { DisposableStore, endAll } from '@shared/disposable';
import { logFault } from '@shared/logger';
import type { Hub } from '../hub/hub-contract';
import { createAccess, type Refusal, type UiTokens } from './access';
import { createApi } from './api/api';
import { createBridge } from './bridge';
import { createBrowserHandlers } from './browsers';
import { createLinkCodes } from './link-codes';
import { createFailureLimiter } from '../hub/bounds/failure-limiter';
import { describeOtherProtocol } from '../hub/port/other-protocols';
import { parseTarget } from '../hub/port/request-target';
import { setSecurityHeaders } from '../hub/port/security-headers';
import { sendError, sendJson, sendSentence } from './respond';
import { serveFile } from './serve-file';
import { createSessionRoute } from './session-routes';
import { createStaticFiles } from './static-files';
import { setupUiLinks, type UiLinks } from './ui-links';
import { uiAccessOf } from './ui-access';
import { createUiSessions } from './ui-sessions';

export interface WebOptions {
  /** The address that the hub listens on, for the URLs shown to people. */
  host: string;
  /** Opens the UI and the API to anyone who knows it, and is required on this machine too. */
  uiToken?: string | null | undefined;
  /** The same, read-only; it is not required on this machine. */
  uiViewerToken?: string | null | undefined;
  /** Where the signed-in browsers are stored; null forgets them at a restart. */
  dataDir?: string | null | undefined;
  /** The folder of the built UI. */
  rendererDir: string;
  /** The agent as one file. */
  agentFile: string;
  clock?: Clock | undefined;
  bridge?: { pingEveryMs?: number; maxBufferedBytes?: number; maxConnections?: number } | undefined;
}

export interface Web {
  readonly links: UiLinks;
  /** Closes every UI's connection and waits for the answers (bounded). */
  dispose(): Promise<void>;
}

const MAX_FAILURES = 10;
const FAILURE_WINDOW_MS = 60_000;

/** Paths that accept only upgrades. */
const WEBSOCKET_PATHS = new Set(['/agent', '/echo', '/echo/raw', '/ui']);

/** Serves the UI, its bridge and the HTTP API on the hub's port. Call before `hub.start()`. */
export function setupWeb(hub: Hub, options: WebOptions): Web {
  const clock = options.clock ?? systemClock;
  const tokens: UiTokens = { admin: options.uiToken ?? null, viewer: options.uiViewerToken ?? null };
  const port = (): number => hub.port;
  const isShared = (): boolean => hub.settings().shareUi || tokens.admin !== null || tokens.viewer !== null;
  const sessions = createUiSessions({
    clock,
    log: hub.log,
    dataDir: options.dataDir ?? null,
    policy: {
      isShared: isShared(),
      machineMayEnter: tokens.admin === null,
      tokens: (['admin', 'viewer'] as const).flatMap((role) => {
        const token = tokens[role];
        return token === null ? [] : [{ token, role }];
      }),
    },
  });
  const failures = createFailureLimiter(clock, MAX_FAILURES, FAILURE_WINDOW_MS);
  const codes = createLinkCodes(clock);
  const onRefused = (code: string, request: IncomingMessage): void => hub.countRefused(code, request);
  const access = createAccess({ port, isShared, tokens, sessions, failures, onRefused });
  const session = createSessionRoute({ tokens, access, sessions, codes, onRefused });
  const bridge = createBridge(hub, { access, sessions, clock, log: hub.log, onRefused, ...options.bridge });
  const links = setupUiLinks(hub, {
    host: options.host,
    isShared,
    codes,
    uiAccess: () => uiAccessOf({ ...options, isShared: isShared() }),
  });
  hub.handleOuterCommands({ ...links.handlers, ...createBrowserHandlers(sessions, bridge) });
  const api = createApi(hub, access, clock);
  const files = createStaticFiles(options.rendererDir);
  const cleanup = new DisposableStore();

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response);
    const target = parseTarget(request.url ?? '');
    if (!target.ok) {
      onRefused(target.error.code, request);
      sendError(request, response, 400, target.error.code, target.error.message);
      return;
    }
    const { path } = target.value;
    if (await api(target.value, request, response)) return;
    if (path === '/wirewatch-agent.mjs') {
      // Other machines on the network can fetch it without credentials, because it is public code.
      serveFile(options.agentFile, false, request, response);
      return;
    }
    const refusal = access.refusePeer(request);
    if (refusal) {
      onRefused(refusal.code, request);
      refuse(refusal, request, response);
    } else if (path === '/ui/session') await session(request, response);
    else if (files.has(path)) files.serve(path, request, response);
    else if (path === '/') {
      sendSentence(request, response, 503, 'The UI has not been built. Run "npm run build" and start again.');
    } else if (WEBSOCKET_PATHS.has(path)) {
      response.setHeader('Upgrade', 'websocket');
      sendError(
        request,
        response,
        426,
        'UPGRADE_REQUIRED',
        'This address accepts only WebSocket connections.',
      );
    } else {
      // Socket.IO sends a plain HTTP request before it asks for an upgrade.
      const message = describeOtherProtocol(path, request) ?? 'There is nothing at this address.';
      sendError(request, response, 404, 'NOT_FOUND', message);
    }
  }

  hub.onRequest((request, response) => {
    request.on('error', () => response.destroy());
    response.on('error', () => response.destroy());
    route(request, response).catch((error: unknown) => {
      const { method } = request;
      const path = request.url?.slice(0, 200);
      logFault(hub.log, 'REQUEST_FAILED', 'A request could not be answered.', error, { method, path });
      if (response.headersSent) response.destroy();
      else sendError(request, response, 500, 'INTERNAL', 'The hub had an internal error.');
    });
  });
  hub.onUpgrade('/ui', (request, socket, head) => bridge.upgrade(request, socket, head));
  cleanup.add(
    hub.onSettings(() => {
      if (!isShared()) {
        bridge.closeRemote();
        sessions.endRemote();
      }
      if (hub.port !== 0) links.publish();
    }),
  );

  return {
    links,
    dispose: () => endAll([() => cleanup.dispose(), () => bridge.dispose(), () => sessions.dispose()]),
  };
}

function refuse(refusal: Refusal, request: IncomingMessage, response: ServerResponse): void {
  const { status, code, message } = refusal;
  if (request.url?.startsWith('/ui/session')) sendJson(request, response, status, { code, message });
  else sendSentence(request, response, status, message);
}
