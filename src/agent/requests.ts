import { fail, isExpected, toFault, type Result } from '@shared/errors';
import { logFault, type Logger } from '@shared/logger';

/** Answers a request from the hub with a JSON value or a fault. Never rejects. */
export type RequestHandler = (method: string, params: Record<string, unknown>) => Promise<Result<unknown>>;

export type RequestMethod = (params: Record<string, unknown>) => Promise<Result<unknown>>;

/** The most requests handled at the same time. */
const MAX_AT_ONCE = 4;

/** Fails with `METHOD_NOT_FOUND`, `BUSY`, or whatever the method fails with. */
export function createRequestHandler(
  methods: Readonly<Record<string, RequestMethod>>,
  log: Logger,
): RequestHandler {
  let running = 0;
  return async (method, params) => {
    const handle = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (!handle) return fail('METHOD_NOT_FOUND', `This agent has no method "${method.slice(0, 64)}".`);
    if (running >= MAX_AT_ONCE) return fail('BUSY', 'The agent is still busy with earlier requests.');
    running++;
    try {
      return await handle(params);
    } catch (error) {
      if (!isExpected(error)) {
        logFault(log, 'REQUEST_FAILED', 'What the hub asked for could not be done.', error, { method });
      }
      return { ok: false, error: toFault(error) };
    } finally {
      running--;
    }
  };
}
