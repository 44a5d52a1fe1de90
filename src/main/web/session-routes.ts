import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { UiRole } from '@shared/model';
import { isRecord } from '@shared/protocol/parse';
import type { Access, UiTokens } from './access';
import { isThisMachine, peerAddress } from './address';
import { formatSessionCookie } from './cookies';
import type { LinkCodes } from './link-codes';
import { isFromOtherSite, proxyAdvice } from './origin';
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
  /** Counts refusals by code. */
  onRefused(code: string, request: IncomingMessage): void;
}

/** The access that a code or token grants a browser. */
type Grant = Pick<SignIn, 'role' | 'by'>;

/**
 * `/ui/session`: GET answers 204 if the browser is signed in, else 401; POST `{code?, token?}` signs it in; DELETE
 * signs it out. Failures are `{code, message}`.
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
    // 128 random bits cannot be guessed, so a correct code is accepted whatever failed before. Failures of other users
    // of this machine therefore cannot keep its owner out.
    const byCode = grantOfCode(request, credentials.code);
    const busy = byCode ? null : access.refuseBusy(request);
    const grant = byCode ?? (busy ? null : grantOfToken(credentials.token));
    const current = access.session(request);
    if (!grant && !current && !access.isFreeFor(request)) {
      refuseSignIn(credentials, busy, request, response);
      return;
    }
    if (grant) access.succeed(request, grant.role);
    // An old link, opened again where no link is needed, is no reason to refuse access.
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
      onRefused(busy.code, request);
      response.setHeader('Retry-After', String(busy.retryAfterSec ?? 60));
      sendJson(request, response, busy.status, { code: busy.code, message: busy.message });
      return;
    }
    const why = explain(credentials, tokens);
    if (credentials.code !== undefined || credentials.token !== undefined) {
      access.fail(request);
      onRefused(why.code, request);
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
      onRefused('OTHER_SITE', request);
      const message = `Web pages from other sites may not sign in here.${proxyAdvice(request)}`;
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
  // A schema library would also accept a list as an object.
  if (!isRecord(json)) return null;
  const parsed = v.safeParse(credentialsSchema, json);
  return parsed.success ? parsed.output : null;
}

function explain({ code, token }: Credentials, tokens: UiTokens): { code: string; message: string } {
  if (token !== undefined) {
    return { code: 'WRONG_TOKEN', message: 'The UI token is wrong.' };
  }
  if (code !== undefined) {
    const message = 'This link was already used or has expired. Create a new one.';
    return { code: 'WRONG_CODE', message };
  }
  return tokens.admin !== null
    ? { code: 'TOKEN_NEEDED', message: 'This hub requires its UI token.' }
    : { code: 'LINK_NEEDED', message: 'Open the link that this hub shows on its own machine.' };
}
