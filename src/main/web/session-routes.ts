import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import { isRecord } from '@shared/protocol/parse';
import type { Access } from './access';
import { isThisMachine, peerAddress } from './address';
import { formatSessionCookie } from './cookies';
import type { LinkCodes } from './link-codes';
import { isFromOtherSite } from './origin';
import type { FailureLimiter } from '../hub/failure-limiter';
import { readBody } from './read-body';
import { refuseMethod, sendJson, sendNoContent } from './respond';
import { SESSION_LIFETIME_MS, type UiSessions } from './ui-sessions';

const MAX_BODY_BYTES = 4_096;

const credentialsSchema = v.object({
  code: v.optional(v.pipe(v.string(), v.maxLength(256))),
  token: v.optional(v.pipe(v.string(), v.maxLength(256))),
});
type Credentials = v.InferOutput<typeof credentialsSchema>;

export interface SessionRouteOptions {
  port(): number;
  uiToken: string | null;
  access: Access;
  sessions: UiSessions;
  codes: LinkCodes;
  failures: FailureLimiter;
}

/**
 * `/ui/session`: GET answers 204 or 401, whether the browser has a session; POST `{code?, token?}` opens one.
 * Failures are `{code, message}`.
 */
export function createSessionRoute(options: SessionRouteOptions) {
  const { access, sessions, codes, failures, uiToken } = options;

  async function open(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
    const busy = access.refuseBusy(request);
    if (busy) {
      response.setHeader('Retry-After', String(busy.retryAfterSec ?? 60));
      sendJson(request, response, busy.status, { code: busy.code, message: busy.message });
      return;
    }
    if (!isGood(request, credentials)) {
      if (credentials.code !== undefined || credentials.token !== undefined) {
        failures.fail(peerAddress(request));
      }
      sendJson(request, response, 401, explain(credentials, uiToken !== null));
      return;
    }
    failures.succeed(peerAddress(request));
    if (!access.hasSession(request)) {
      const secure = 'encrypted' in request.socket;
      const cookie = formatSessionCookie(options.port(), sessions.open(), SESSION_LIFETIME_MS, secure);
      response.setHeader('Set-Cookie', cookie);
    }
    sendNoContent(response);
  }

  function isGood(request: IncomingMessage, { code, token }: Credentials): boolean {
    const local = isThisMachine(request);
    if (code !== undefined && codes.redeem(code, local)) return true;
    if (token !== undefined && access.checkToken(token)) return true;
    // An old link, opened again where none is needed, is no reason to keep anybody out.
    return (local && uiToken === null) || access.hasSession(request);
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (refuseMethod(request, response, ['GET', 'HEAD', 'POST'])) return;
    if (isFromOtherSite(request)) {
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
      await open(request, response);
    } else if (access.hasSession(request)) sendNoContent(response);
    else sendJson(request, response, 401, explain({}, uiToken !== null));
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

function explain({ code, token }: Credentials, hasToken: boolean): { code: string; message: string } {
  if (token !== undefined) {
    return { code: 'WRONG_TOKEN', message: 'This is not the UI token of this hub.' };
  }
  if (code !== undefined) {
    const message = 'This link was used already or is older than ten minutes: make a new one.';
    return { code: 'WRONG_CODE', message };
  }
  return hasToken
    ? { code: 'TOKEN_NEEDED', message: 'This hub asks for its UI token.' }
    : { code: 'LINK_NEEDED', message: 'Open the link that this hub shows on its own machine.' };
}
