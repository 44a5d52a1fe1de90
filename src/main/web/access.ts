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

/** Why a request is turned away: an HTTP status, a stable code and a sentence; seconds to wait with 429. */
export interface Refusal {
  status: 401 | 403 | 429;
  code: string;
  message: string;
  retryAfterSec?: number;
}

/** What was chosen at start to open the UI and the API with, from anywhere. */
export interface UiTokens {
  /** Needed on this machine too. */
  admin: string | null;
  viewer: string | null;
}

export interface AccessOptions {
  /** The port in the session cookie's name. */
  port(): number;
  /** Whether other machines may have the UI. */
  isShared(): boolean;
  tokens: UiTokens;
  sessions: UiSessions;
  failures: FailureLimiter;
  /** Counts what is turned away, by code. */
  onRefused(code: string): void;
}

/** Decides who may open the UI and who may use the API, and as what. */
export interface Access {
  /** Null when this peer may have the UI at all: this machine, or any other once the UI is shared. */
  refusePeer(request: IncomingMessage): Refusal | null;
  /** Who asks the API: the bearer of a token, a signed-in browser, or this machine where there is no token. */
  apiCaller(request: IncomingMessage): { caller: Caller } | { refusal: Refusal };
  cookieScope(request: IncomingMessage): CookieScope;
  session(request: IncomingMessage): UiSession | null;
  /** Whether who asks is on this machine, calls the hub by its address, and so gets in for the asking, as an admin. */
  isFreeFor(request: IncomingMessage): boolean;
  /** Tells when the browser that a request came from is signed out; for answers that take a while. */
  onSignedOut(browser: string, listener: () => void): Unsubscribe;
  roleOfToken(token: string): UiRole | null;
  /** 429 for an address with too many failures. */
  refuseBusy(request: IncomingMessage): Refusal | null;
  /** A guess went wrong. */
  fail(request: IncomingMessage): void;
  /** Forgives earlier failures, for an admin's credential only: with a viewer's, one could go on guessing the other. */
  succeed(request: IncomingMessage, role: UiRole): void;
}

const NOT_SHARED: Refusal = {
  status: 403,
  code: 'UI_NOT_SHARED',
  message:
    'This Wirewatch shows itself only on the machine it runs on: turn on "Open this from other machines" in its settings, ' +
    'or start it with --share-ui or --ui-token.',
};
const OTHER_SITE: Refusal = {
  status: 403,
  code: 'OTHER_SITE',
  message: 'Pages of other sites may not use this API.',
};
const NOT_ALLOWED: Refusal = {
  status: 403,
  code: 'NOT_ALLOWED',
  message: 'You may look at this Wirewatch, not change it.',
};

export function createAccess(options: AccessOptions): Access {
  const { sessions, failures, tokens } = options;

  /** Who asks, by the first of these that applies. */
  function identify(request: IncomingMessage): { caller: Caller } | { refusal: Refusal } {
    const from = peerAddress(request);
    const bearer = readBearer(request.headers.authorization);
    if (bearer !== null && (tokens.admin !== null || tokens.viewer !== null)) {
      const busy = access.refuseBusy(request);
      if (busy) return { refusal: busy };
      const role = access.roleOfToken(bearer);
      if (role !== null) {
        access.succeed(request, role);
        return { caller: { from, role } };
      }
      access.fail(request);
      const message = 'This is not a UI token of this hub.';
      return { refusal: { status: 401, code: 'WRONG_TOKEN', message } };
    }
    const session = access.session(request);
    // A cookie is enough to look, or for who would get in without it.
    if (session && (isReading(request) || session.role === 'viewer' || access.isFreeFor(request))) {
      return { caller: { from, role: session.role, browser: session.id } };
    }
    if (access.isFreeFor(request)) return { caller: { from, role: 'admin' } };
    const message =
      tokens.admin === null
        ? 'From another machine, or under a name, the API needs the cookie of an open UI, or a hub started with --ui-token.'
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
      // Both are compared, so that time tells nothing.
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
        message: 'Too many wrong tokens or codes came from this address: wait a minute.',
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
      if ('refusal' in answer) options.onRefused(answer.refusal.code);
      return answer;
    },
  };
  return access;
}

/**
 * Whether the hub is called by its address or as `localhost`. A name can be claimed by others on the network (mDNS, a
 * DHCP lease): a page that came from there, and whose name leads here now, is not told from the hub's own by anything
 * but what a browser has to bring along.
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
