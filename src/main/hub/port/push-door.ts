import type { IncomingMessage, ServerResponse } from 'node:http';
import { logFault } from '@shared/logger';
import type { AgentContext } from '../agents/agent-context';
import { clientOf, refusedOf } from './client';
import { PushRoutes } from '../pushers/push-routes';
import type { OriginPolicy } from './origin-policy';
import { refuseRequest } from './refuse-request';
import { parseTarget } from './request-target';
import { setSecurityHeaders } from './security-headers';

/** Lets pushes over HTTP in from programs, and from web pages only where agents may come from them. */
export class PushDoor {
  readonly #context: AgentContext;
  readonly #isAllowedOrigin: OriginPolicy;
  readonly #allowLongBody: (request: IncomingMessage) => void;
  readonly #routes: PushRoutes;

  constructor(
    context: AgentContext,
    isAllowedOrigin: OriginPolicy,
    allowLongBody: (request: IncomingMessage) => void,
  ) {
    this.#context = context;
    this.#isAllowedOrigin = isAllowedOrigin;
    this.#allowLongBody = allowLongBody;
    this.#routes = new PushRoutes(context);
  }

  /** Whether the request was for an address of pushes; it is then taken care of. */
  enter(request: IncomingMessage, response: ServerResponse): boolean {
    const target = parseTarget(request.url ?? '');
    if (!target.ok || !this.#routes.has(target.value.path)) return false;
    if (!this.#isAllowed(request)) {
      this.#context.refused.add('ORIGIN_NOT_ALLOWED', refusedOf(request));
      refuseRequest(response, 403, 'ORIGIN_NOT_ALLOWED', 'Web pages from other sites may not push.');
      return true;
    }
    request.on('error', () => response.destroy());
    response.on('error', () => response.destroy());
    setSecurityHeaders(response);
    this.#allowLongBody(request);
    const { address, isEncrypted } = clientOf(request);
    const origin = { address, isSecure: isEncrypted };
    const client = refusedOf(request);
    this.#routes.handle({ request, response, ...target.value, origin, client }).catch((error: unknown) => {
      const { path } = target.value;
      logFault(this.#context.log, 'REQUEST_FAILED', 'A push could not be answered.', error, { path });
      response.destroy();
    });
    return true;
  }

  second(now: number): void {
    this.#routes.second(now);
  }

  clockSet(): void {
    this.#routes.clockSet();
  }

  dispose(): void {
    this.#routes.dispose();
  }

  /** Browsers leave out `Origin` where a page only reads, but say that the page is another's. */
  #isAllowed(request: IncomingMessage): boolean {
    if (request.headers.origin !== undefined) return this.#isAllowedOrigin(request);
    const site = request.headers['sec-fetch-site'];
    return site === undefined || site === 'same-origin' || site === 'none';
  }
}
