import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { UiRole } from '@shared/model';
import { isRecord } from '@shared/protocol/parse';
import type { Access, UiTokens } from './access';
import { isThisMachine, peerAddress } from './address';
import { formatSessionCookie } from './cookies';
import type { LinkCodes } from './link-codes';
import { isFromOtherSite } from './origin';
import { readBody } from './read-body';
import { refuseMethod, sendJson, sendNoContent } from './respond';
import { SESSION_LIFETIME_MS, type SignIn, type UiSessions } from './ui-sessions';

const MAX_BODY_BYTES = 4_096;

const credentialsSchema = v.object({
  code: v.optional(v.pipe(v.string(), v.maxLength(256))),
  token: v.optional(v.pipe(v.string(), v.maxLength(256))),
});
type Credentials = v.InferOutput<typeof credentialsSchema>;

export interface SessionRouteOptions {
  tokens: UiTokens;
  access: Access;
  sessions: UiSessions;
  codes: LinkCodes;
  /** Counts what is turned away, by code. */
  onRefused(code: string): void;
}

/** What a code or token makes of a browser. */
type Grant = Pick<SignIn, 'role' | 'by'>;

/**
 * `/ui/session`: GET answers 204 or 401, whether the browser is signed in; POST `{code?, token?}` signs it in;
 * DELETE signs it out. Failures are `{code, message}`.
 */
export function createSessionRoute(options: SessionRouteOptions) {
  const { access, sessions, codes, tokens, onRefused } = options;

  async function signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, MAX_BODY_BYTES);
    if (!body.ok) {
      const status = body.error.code === 'TOO_BIG' ? 413 : 400;
      response.setHeader('Connection', 'close');
      sendJson(request, response, status, body.error);
      return;
    }
    const credentials = parseCredentials(body.value);
    if (credentials === null) {
      const message = 'The body must be {"code": "…"} or {"token": "…"} or {}.';
      sendJson(request, response, 400, { code: 'BAD_BODY', message });
      return;
    }
    // Nobody guesses 128 random bits: a code that is right is taken whatever went wrong before, so that no
    // failures of others on this machine keep its owner out.
    const byCode = grantOfCode(request, credentials.code);
    const busy = byCode ? null : access.refuseBusy(request);
    const grant = byCode ?? (busy ? null : grantOfToken(credentials.token));
    const current = access.session(request);
    if (!grant && !current && !access.isFreeFor(request)) {
      refuseSignIn(credentials, busy, request, response);
      return;
    }
    if (grant) access.succeed(request, grant.role);
    // An old link, opened again where none is needed, is no reason to keep anybody out.
    const { role, by }: Grant = grant ?? { role: 'admin', by: 'machine' };
    if (!current || (grant && grant.role !== current.role)) {
      if (current) sessions.end(current.id);
      open(role, by, request, response);
    }
    sendNoContent(response);
  }

  function open(role: UiRole, by: Grant['by'], request: IncomingMessage, response: ServerResponse): void {
    const secret = sessions.open({
      role,
      by,
      local: isThisMachine(request),
      address: peerAddress(request),
      userAgent: request.headers['user-agent'],
    });
    const cookie = formatSessionCookie(access.cookieScope(request), secret, SESSION_LIFETIME_MS);
    response.setHeader('Set-Cookie', cookie);
  }

  function grantOfCode(request: IncomingMessage, code: string | undefined): Grant | null {
    const role = code === undefined ? null : codes.redeem(code, isThisMachine(request));
    return role && { role, by: 'link' };
  }

  function grantOfToken(token: string | undefined): Grant | null {
    const role = token === undefined ? null : access.roleOfToken(token);
    return role && { role, by: { token: token ?? '' } };
  }

  function refuseSignIn(
    credentials: Credentials,
    busy: ReturnType<Access['refuseBusy']>,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    if (busy) {
      onRefused(busy.code);
      response.setHeader('Retry-After', String(busy.retryAfterSec ?? 60));
      sendJson(request, response, busy.status, { code: busy.code, message: busy.message });
      return;
    }
    const why = explain(credentials, tokens);
    if (credentials.code !== undefined || credentials.token !== undefined) {
      access.fail(request);
      onRefused(why.code);
    }
    sendJson(request, response, 401, why);
  }

  function signOut(request: IncomingMessage, response: ServerResponse): void {
    const current = access.session(request);
    if (current) sessions.end(current.id);
    response.setHeader('Set-Cookie', formatSessionCookie(access.cookieScope(request), '', 0));
    sendNoContent(response);
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (refuseMethod(request, response, ['GET', 'HEAD', 'POST', 'DELETE'])) return;
    if (isFromOtherSite(request)) {
      onRefused('OTHER_SITE');
      const message = 'Pages of other sites may not open a session here.';
      sendJson(request, response, 403, { code: 'OTHER_SITE', message });
      return;
    }
    if (request.method === 'POST') {
      if (!/^application\/json *(;|$)/i.test(request.headers['content-type'] ?? '')) {
        const message = 'Send the header "Content-Type: application/json".';
        sendJson(request, response, 415, { code: 'NOT_JSON', message });
        return;
      }
      await signIn(request, response);
    } else if (request.method === 'DELETE') signOut(request, response);
    else if (access.session(request)) sendNoContent(response);
    else sendJson(request, response, 401, explain({}, tokens));
  };
}

function parseCredentials(body: string): Credentials | null {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return null;
  }
  // To a schema library a list is an object too.
  if (!isRecord(json)) return null;
  const parsed = v.safeParse(credentialsSchema, json);
  return parsed.success ? parsed.output : null;
}

function explain({ code, token }: Credentials, tokens: UiTokens): { code: string; message: string } {
  if (token !== undefined) {
    return { code: 'WRONG_TOKEN', message: 'This is not a UI token of this hub.' };
  }
  if (code !== undefined) {
    const message = 'This link was used already or is older than ten minutes: make a new one.';
    return { code: 'WRONG_CODE', message };
  }
  return tokens.admin !== null
    ? { code: 'TOKEN_NEEDED', message: 'This hub asks for its UI token.' }
    : { code: 'LINK_NEEDED', message: 'Open the link that this hub shows on its own machine.' };
}
