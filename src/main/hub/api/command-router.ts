import * as v from 'valibot';
import { FaultError } from '@shared/errors';
import { COMMAND_PARAMS, type CommandName, type CommandResult } from '@shared/hub-api';
import type { Caller } from '../hub-contract';

type Handler = (params: unknown, caller: Caller, signal?: AbortSignal) => unknown;

/** Finds a command's handler and parses what it is given; the one place where arguments from a UI are checked. */
export class CommandRouter {
  readonly #handlers = new Map<string, Handler>();

  handle(name: CommandName, handler: Handler): void {
    this.#handlers.set(name, handler);
  }

  /**
   * Rejects with `NO_SUCH_COMMAND`, `BAD_PARAMS`, or the handler's own `FaultError`; `CANCELLED` where the handler
   * heeds `signal`.
   */
  async execute<K extends CommandName>(
    name: K,
    params: unknown,
    caller: Caller,
    signal?: AbortSignal,
  ): Promise<CommandResult<K>> {
    const handler = this.#handlers.get(name);
    if (!handler || !Object.hasOwn(COMMAND_PARAMS, name)) {
      throw new FaultError('NO_SUCH_COMMAND', `The hub has no command "${String(name).slice(0, 64)}".`);
    }
    const parsed = v.safeParse(COMMAND_PARAMS[name], params ?? {}, { abortEarly: true });
    if (!parsed.success) {
      const [issue] = parsed.issues;
      const field = v.getDotPath(issue) ?? 'params';
      throw new FaultError('BAD_PARAMS', `In "${name}", "${field}" is not right: ${issue.message}`);
    }
    return (await handler(parsed.output, caller, signal)) as CommandResult<K>;
  }
}
