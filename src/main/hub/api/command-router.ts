import * as v from 'valibot';
import { FaultError } from '@shared/errors';
import { COMMAND_PARAMS, VIEWER_COMMANDS, type CommandName, type CommandResult } from '@shared/hub-api';
import type { Caller } from '../hub-contract';

/** What it takes is what its command's schema parses; `never` lets handlers of all commands stand in one map. */
type Handler = (params: never, caller: Caller, signal?: AbortSignal) => unknown;

/**
 * Dispatches commands to their handlers. This is the only place where a caller's role and the arguments from a UI are
 * checked.
 */
export class CommandRouter {
  readonly #handlers = new Map<string, Handler>();
  readonly #onRefused: (code: string) => void;

  constructor(onRefused: (code: string) => void = () => {}) {
    this.#onRefused = onRefused;
  }

  handle(name: CommandName, handler: Handler): void {
    this.#handlers.set(name, handler);
  }

  /**
   * Runs a command. Rejects with `NO_SUCH_COMMAND`, `NOT_ALLOWED`, `BAD_PARAMS`, or the handler's own `FaultError`;
   * with `CANCELLED` if the handler supports `signal`.
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
    if (caller.role !== 'admin' && !VIEWER_COMMANDS.has(name)) {
      this.#onRefused('NOT_ALLOWED');
      throw new FaultError('NOT_ALLOWED', 'Viewers cannot change anything in Wirewatch.');
    }
    const parsed = v.safeParse(COMMAND_PARAMS[name], params ?? {}, { abortEarly: true });
    if (!parsed.success) {
      const [issue] = parsed.issues;
      const field = v.getDotPath(issue) ?? 'params';
      throw new FaultError('BAD_PARAMS', `In "${name}", "${field}" is invalid: ${issue.message}`);
    }
    return (await handler(parsed.output as never, caller, signal)) as CommandResult<K>;
  }
}
