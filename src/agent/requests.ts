import { fail, isExpected, stackOf, toFault, type Result } from '@shared/errors';
import { AGENT_LIMITS } from '@shared/protocol/limits';
import type { HubBudget } from './hub-budget';
import type { HubLog } from './hub-log';

/** Answers a request from the hub with a JSON value or a fault. Never rejects. */
export type RequestHandler = (method: string, params: Record<string, unknown>) => Promise<Result<unknown>>;

export type RequestMethod = (params: Record<string, unknown>) => Promise<Result<unknown>>;

/** Fails with `METHOD_NOT_FOUND`, `BUSY`, or whatever the method fails with. */
export function createRequestHandler(
  methods: Readonly<Record<string, RequestMethod>>,
  log: HubLog,
  budget: Pick<HubBudget, 'request'>,
): RequestHandler {
  let running = 0;
  return async (method, params) => {
    const handle = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (!handle) return fail('METHOD_NOT_FOUND', `This agent has no method "${method.slice(0, 64)}".`);
    if (running >= AGENT_LIMITS.requestsAtOnce || !budget.request())
      return fail('BUSY', 'The agent is still busy with earlier requests.');
    running++;
    try {
      return await handle(params);
    } catch (error) {
      if (!isExpected(error)) {
        const fields = { code: 'REQUEST_FAILED', method, stack: stackOf(error) };
        log.error('What the hub asked for could not be done.', fields);
      }
      return { ok: false, error: toFault(error) };
    } finally {
      running--;
    }
  };
}
