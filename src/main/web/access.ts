import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Unsubscribe } from '@shared/disposable';
import type { UiRole } from '@shared/model';
import type { Caller } from '../hub/hub-contract';
import { hostName } from '../hub/port/host-policy';
import { isEncrypted } from '../hub/port/origin-policy';
import { failureKey, isThisMachine, peerAddress } from './address';
import { readCookies, sessionCookieName, type CookieScope } from './cookies';
import { isFromOtherSite } from './origin';
import type { FailureLimiter } from '../hub/bounds/failure-limiter';
import { equalSecrets } from '../hub/secrets';
import type { UiSession, UiSessions } from './ui-sessions';

/** Why a request is refused: an HTTP status, a stable code and a sentence; with 429 also the seconds to wait. */
export interface Refusal {
  status: 401 | 403 | 429;
  code: string;
  message: string;
  retryAfterSec?: number;
}

/** The tokens chosen at start that open the UI and the API from anywhere. */
export interface UiTokens {
  /** Also required on this machine. */
  admin: string | null;
  viewer: string | null;
}

export interface AccessOptions {
  /** Returns the port in the session cookie's name. */
  port(): number;
  /** Whether the UI is shared with other machines. */
  isShared(): boolean;
  tokens: UiTokens;
  sessions: UiSessions;
  failures: FailureLimiter;
  /** Counts refusals by code. */
  onRefused(code: string, request: IncomingMessage): void;
}

/** Decides who may open the UI and who may use the API, and in which role. */
export interface Access {
  /** Returns null if this peer may open the UI at all: this machine, or any other once the UI is shared. */
  refusePeer(request: IncomingMessage): Refusal | null;
  /**
   * Identifies the caller of the API: the bearer of a token, a signed-in browser, or this machine if no token is set.
   */
  apiCaller(request: IncomingMessage): { caller: Caller } | { refusal: Refusal };
  cookieScope(request: IncomingMessage): CookieScope;
  session(request: IncomingMessage): UiSession | null;
  /**
   * Whether the caller is on this machine and uses the hub's address, which makes it an admin without credentials.
   */
  isFreeFor(request: IncomingMessage): boolean;
  /** Reports when the browser that sent a request is signed out, for answers that take a while. */
  onSignedOut(browser: string, listener: () => void): Unsubscribe;
  roleOfToken(token: string): UiRole | null;
  /** Returns 429 for an address with too many failures. */
  refuseBusy(request: IncomingMessage): Refusal | null;
  /** Records a wrong guess. */
  fail(request: IncomingMessage): void;
  /**
   * Clears earlier failures, but only for an admin's credential: with a viewer's, a client could keep guessing the
   * admin's.
   */
  succeed(request: IncomingMessage, role: UiRole): void;
}

const NOT_SHARED: Refusal = {
  status: 403,
  code: 'UI_NOT_SHARED',
  message:
    'Wirewatch can be opened only on the machine it runs on. Turn on "Open this from other machines" in its settings, ' +
    'or start it with --share-ui or --ui-token.',
};
const OTHER_SITE: Refusal = {
  status: 403,
  code: 'OTHER_SITE',
  message: 'Web pages from other sites may not use this API.',
};
const NOT_ALLOWED: Refusal = {
  status: 403,
  code: 'NOT_ALLOWED',
  message: 'Viewers cannot change anything in Wirewatch.',
};

export function createAccess(options: AccessOptions): Access {
  const { sessions, failures, tokens } = options;

  /** Identifies the caller by the first rule that applies. */
  function identify(request: IncomingMessage): { caller: Caller } | { refusal: Refusal } {
    const from = peerAddress(request);
    const userAgent = request.headers['user-agent'];
    const bearer = readBearer(request.headers.authorization);
    if (bearer !== null && (tokens.admin !== null || tokens.viewer !== null)) {
      const busy = access.refuseBusy(request);
      if (busy) return { refusal: busy };
      const role = access.roleOfToken(bearer);
      if (role !== null) {
        access.succeed(request, role);
        return { caller: { from, role, userAgent } };
      }
      access.fail(request);
      const message = 'The UI token is wrong.';
      return { refusal: { status: 401, code: 'WRONG_TOKEN', message } };
    }
    const session = access.session(request);
    // A cookie is enough to read, or for callers who would be admitted without it.
    if (session && (isReading(request) || session.role === 'viewer' || access.isFreeFor(request))) {
      return { caller: { from, role: session.role, browser: session.id, userAgent } };
    }
    if (access.isFreeFor(request)) return { caller: { from, role: 'admin', userAgent } };
    const message =
      tokens.admin === null
        ? 'From another machine, or at a host name, the API needs the cookie of an open UI, or a hub started with --ui-token.'
        : 'The API needs the header "Authorization: Bearer" with the UI token.';
    return { refusal: { status: 401, code: 'UNAUTHORISED', message } };
  }

  const access: Access = {
    refusePeer: (request) => (isThisMachine(request) || options.isShared() ? null : NOT_SHARED),
    cookieScope: (request) => ({ port: options.port(), secure: isEncrypted(request) }),
    session(request) {
      const name = sessionCookieName(access.cookieScope(request));
      for (const secret of readCookies(request.headers.cookie, name)) {
        const session = sessions.use(secret, peerAddress(request));
        if (session) return session;
      }
      return null;
    },
    isFreeFor: (request) => tokens.admin === null && isThisMachine(request) && isAskedByAddress(request),
    onSignedOut: (browser, listener) => sessions.ended.on((id) => id === browser && listener()),
    roleOfToken(token) {
      // Both are compared, so that timing reveals nothing.
      const isAdmin = tokens.admin !== null && equalSecrets(token, tokens.admin);
      const isViewer = tokens.viewer !== null && equalSecrets(token, tokens.viewer);
      return isAdmin ? 'admin' : isViewer ? 'viewer' : null;
    },
    refuseBusy(request) {
      const waitMs = failures.waitMs(failureKey(request));
      if (waitMs === 0) return null;
      return {
        status: 429,
        code: 'TOO_MANY_FAILURES',
        message: 'Too many wrong tokens or codes came from this address. Wait a minute.',
        retryAfterSec: Math.ceil(waitMs / 1_000),
      };
    },
    fail: (request) => failures.fail(failureKey(request)),
    succeed(request, role) {
      if (role === 'admin') failures.succeed(failureKey(request));
    },
    apiCaller(request) {
      const answer = ((): { caller: Caller } | { refusal: Refusal } => {
        const refusal = access.refusePeer(request) ?? (isFromOtherSite(request) ? OTHER_SITE : null);
        if (refusal) return { refusal };
        const who = identify(request);
        const isAllowed = 'refusal' in who || isReading(request) || who.caller.role === 'admin';
        return isAllowed ? who : { refusal: NOT_ALLOWED };
      })();
      if ('refusal' in answer) options.onRefused(answer.refusal.code, request);
      return answer;
    },
  };
  return access;
}

/**
 * Whether the request uses the hub's address or `localhost`. Others on the network can claim a name (mDNS, a DHCP
 * lease): a page loaded from there, whose name now leads here, could not be told from the hub's own page except by
 * credentials that the browser must send.
 */
function isAskedByAddress({ headers }: IncomingMessage): boolean {
  const name = hostName(headers.host);
  return name !== null && (name === 'localhost' || isIP(name) !== 0);
}

const isReading = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

function readBearer(header: string | undefined): string | null {
  const match = /^Bearer +(\S+) *$/i.exec(header ?? '');
  return match?.[1] ?? null;
}
