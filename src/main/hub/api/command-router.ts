import * as v from 'valibot';
import { FaultError } from '@shared/errors';
import {
  COMMANDS,
  VIEWER_COMMANDS,
  isCommandName,
  type CommandArguments,
  type CommandName,
  type CommandResult,
} from '@shared/hub-api';
import type { Caller, CommandHandlers, HubHandlers, OuterHandlers } from './command-handlers';

/** Called with a valid command before it runs. Returns a function that is called once the command has succeeded. */
export type CommandWatch = <K extends CommandName>(
  name: K,
  args: CommandArguments<K>,
  caller: Caller,
) => () => void;

/**
 * Dispatches commands to their handlers. This is the only place where a caller's role and the arguments from a UI are
 * checked.
 */
export class CommandRouter {
  readonly #onRefused: (code: string, caller: Caller) => void;
  readonly #watch: CommandWatch;
  #handlers: CommandHandlers<CommandName>;

  /** The outer layers' commands are unknown until {@link handleOuter} is called. */
  constructor(
    handlers: HubHandlers,
    onRefused: (code: string, caller: Caller) => void = () => {},
    watch: CommandWatch = () => () => {},
  ) {
    this.#handlers = { ...handlers, ...NO_OUTER_LAYER };
    this.#onRefused = onRefused;
    this.#watch = watch;
  }

  handleOuter(handlers: OuterHandlers): void {
    this.#handlers = { ...this.#handlers, ...handlers };
  }

  /**
   * Runs a command. Rejects with `NO_SUCH_COMMAND`, `NOT_ALLOWED`, `BAD_PARAMS`, the handler's own `FaultError`, or
   * `CANCELLED` if the handler supports `signal`.
   */
  async execute<K extends CommandName>(
    name: K,
    params: unknown,
    caller: Caller,
    signal?: AbortSignal,
  ): Promise<CommandResult<K>> {
    if (!isCommandName(name)) throw unknownCommand(name);
    if (caller.role !== 'admin' && !VIEWER_COMMANDS.has(name)) {
      this.#onRefused('NOT_ALLOWED', caller);
      throw new FaultError('NOT_ALLOWED', 'Viewers cannot change anything in Wirewatch.');
    }
    const parsed = v.safeParse(COMMANDS[name].params, params ?? {}, { abortEarly: true });
    if (!parsed.success) {
      const [issue] = parsed.issues;
      const field = v.getDotPath(issue) ?? 'params';
      throw new FaultError('BAD_PARAMS', `In "${name}", "${field}" is invalid: ${issue.message}`);
    }
    const succeeded = this.#watch(name, parsed.output, caller);
    const result = await this.#handlers[name](parsed.output, caller, signal);
    succeeded();
    return result;
  }

  /** Runs {@link execute} for a command name that a UI sent. */
  async executeNamed(name: string, params: unknown, caller: Caller, signal: AbortSignal): Promise<unknown> {
    if (!isCommandName(name)) throw unknownCommand(name);
    return this.execute(name, params, caller, signal);
  }
}

const NO_OUTER_LAYER: OuterHandlers = {
  createUiLink: () => Promise.reject(unknownCommand('createUiLink')),
  listBrowsers: () => Promise.reject(unknownCommand('listBrowsers')),
  revokeBrowser: () => Promise.reject(unknownCommand('revokeBrowser')),
};

function unknownCommand(name: string): FaultError {
  return new FaultError('NO_SUCH_COMMAND', `The hub has no command "${name.slice(0, 64)}".`);
}
