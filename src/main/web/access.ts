import type { IncomingMessage } from 'node:http';
import { isThisMachine, peerAddress } from './address';
import { readCookie, sessionCookieName } from './cookies';
import { isFromOtherSite } from './origin';
import type { FailureLimiter } from '../hub/failure-limiter';
import { equalSecrets } from '../hub/secrets';
import type { UiSessions } from './ui-sessions';

/** Why a request is turned away: an HTTP status, a stable code and a sentence; seconds to wait with 429. */
export interface Refusal {
  status: 401 | 403 | 429;
  code: string;
  message: string;
  retryAfterSec?: number;
}

export interface AccessOptions {
  /** The port in the session cookie's name. */
  port(): number;
  /** The setting: whether browsers on other machines may open the UI. */
  shareUi(): boolean;
  uiToken: string | null;
  sessions: UiSessions;
  failures: FailureLimiter;
}

/** Decides who may open the UI and who may use the API. Null means yes. */
export interface Access {
  /** Whether this peer may have the UI at all: this machine, or any other once the UI is shared. */
  refusePeer(request: IncomingMessage): Refusal | null;
  /** Whether the request may read the API: a token, a UI session, or this machine where there is no token. */
  refuseApi(request: IncomingMessage): Refusal | null;
  hasSession(request: IncomingMessage): boolean;
  /** True when `token` is the UI token. Failures count against the address. */
  checkToken(token: string): boolean;
  refuseBusy(request: IncomingMessage): Refusal | null;
}

const NOT_SHARED: Refusal = {
  status: 403,
  code: 'UI_NOT_SHARED',
  message:
    'This Wirewatch shows itself only on the machine it runs on: turn on "Open this from other machines" in its settings, ' +
    'or start it with --share-ui or --ui-token.',
};

export function createAccess(options: AccessOptions): Access {
  const { sessions, failures, uiToken } = options;

  const access: Access = {
    refusePeer(request) {
      return isThisMachine(request) || options.shareUi() || uiToken !== null ? null : NOT_SHARED;
    },
    hasSession(request) {
      return sessions.use(readCookie(request.headers.cookie, sessionCookieName(options.port())));
    },
    checkToken: (token) => uiToken !== null && equalSecrets(token, uiToken),
    refuseBusy(request) {
      const waitMs = failures.waitMs(peerAddress(request));
      if (waitMs === 0) return null;
      return {
        status: 429,
        code: 'TOO_MANY_FAILURES',
        message: 'Too many wrong tokens or codes came from this address: wait a minute.',
        retryAfterSec: Math.ceil(waitMs / 1_000),
      };
    },
    refuseApi(request) {
      const refused = access.refusePeer(request);
      if (refused) return refused;
      if (isFromOtherSite(request)) {
        const message = 'Pages of other sites may not use this API.';
        return { status: 403, code: 'OTHER_SITE', message };
      }
      const bearer = readBearer(request.headers.authorization);
      if (uiToken !== null && bearer !== null) {
        const busy = access.refuseBusy(request);
        if (busy) return busy;
        if (access.checkToken(bearer)) {
          failures.succeed(peerAddress(request));
          return null;
        }
        failures.fail(peerAddress(request));
        return { status: 401, code: 'WRONG_TOKEN', message: 'This is not the UI token of this hub.' };
      }
      const reads = request.method === 'GET' || request.method === 'HEAD';
      if (reads && access.hasSession(request)) return null;
      if (uiToken === null && isThisMachine(request)) return null;
      const message =
        uiToken === null
          ? 'From another machine the API needs the cookie of an open UI, or a hub started with --ui-token.'
          : 'The API needs the header "Authorization: Bearer" with the UI token.';
      return { status: 401, code: 'UNAUTHORISED', message };
    },
  };
  return access;
}

function readBearer(header: string | undefined): string | null {
  const match = /^Bearer +(\S+) *$/i.exec(header ?? '');
  return match?.[1] ?? null;
}
