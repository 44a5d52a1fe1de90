import type {
  CommandArguments,
  CommandName,
  CommandResult,
  HubCommandName,
  OuterCommandName,
} from '@shared/hub-api';
import type { UiRole } from '@shared/model';

/** The caller of a command and its permissions. Set by the transport; nothing that a UI sends can change it. */
export interface Caller {
  /** `ipc`, or the browser's address. */
  from: string;
  /** A viewer may call only `VIEWER_COMMANDS`. */
  role: UiRole;
  /** The signed-in browser that the call comes from, if it comes from one. */
  browser?: string | undefined;
  /** The name by which an HTTP client identifies itself, unverified. */
  userAgent?: string | undefined;
}

/**
 * Carries out a command after its arguments were parsed and its caller was authorised. Throws a `FaultError`; `signal`
 * cancels long work.
 */
export type CommandHandler<K extends CommandName> = (
  params: CommandArguments<K>,
  caller: Caller,
  signal?: AbortSignal,
) => Promise<CommandResult<K>> | CommandResult<K>;

/** A handler for each of the given commands; a missing one does not compile. */
export type CommandHandlers<K extends CommandName> = { readonly [Name in K]: CommandHandler<Name> };

/** The handlers of the hub itself. */
export type HubHandlers = CommandHandlers<HubCommandName>;

/** The handlers of the layer around the hub that serves browsers. */
export type OuterHandlers = CommandHandlers<OuterCommandName>;
