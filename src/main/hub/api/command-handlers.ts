import type {
  CommandArguments,
  CommandName,
  CommandResult,
  HubCommandName,
  OuterCommandName,
} from '@shared/hub-api';
import type { UiRole } from '@shared/model';

/** Who calls, and what they may do. Each transport says so; nothing that a UI sends can change it. */
export interface Caller {
  /** `ipc`, or the browser's address. */
  from: string;
  /** A viewer may call `VIEWER_COMMANDS` and nothing else. */
  role: UiRole;
  /** The signed-in browser it comes from, where it is one. */
  browser?: string | undefined;
  /** How a client over HTTP names itself, unverified. */
  userAgent?: string | undefined;
}

/**
 * Carries out a command whose arguments were parsed and whose caller may call it. Fails with a `FaultError`; `signal`
 * cancels what takes long.
 */
export type CommandHandler<K extends CommandName> = (
  params: CommandArguments<K>,
  caller: Caller,
  signal?: AbortSignal,
) => Promise<CommandResult<K>> | CommandResult<K>;

/** A handler for each of some commands; leaving one out does not compile. */
export type CommandHandlers<K extends CommandName> = { readonly [Name in K]: CommandHandler<Name> };

/** The handlers of the hub itself. */
export type HubHandlers = CommandHandlers<HubCommandName>;

/** The handlers of the layer around the hub that serves browsers. */
export type OuterHandlers = CommandHandlers<OuterCommandName>;
