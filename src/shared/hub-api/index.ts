import type { InferInput, InferOutput } from 'valibot';
import type { Unsubscribe } from '../disposable';
import { admissionCommands } from './admission';
import { auditCommands } from './audit';
import { backupCommands } from './backup';
import { boardCommands, boardTopics } from './boards';
import { browserCommands } from './browsers';
import { deviceCommands, deviceTopics } from './devices';
import { eventCommands, eventTopics } from './events';
import type { FeedFrame, FeedHandle, FeedSpec } from './feeds';
import { historyCommands } from './history';
import { hubCommands, hubTopics } from './hub';
import type { CallOptions, LinkState } from './link';
import { seriesCommands } from './series';
import { sessionCommands, sessionTopics } from './sessions';
import { settingsCommands, settingsTopics } from './settings';

export { feedPatchSchema, feedSpecSchema } from './feeds';
export type { FeedBlock, FeedFrame, FeedHandle, FeedPatch, FeedSpec } from './feeds';
export type { CallOptions, LinkState } from './link';

/**
 * The one contract between any UI and the hub, with one file per area. Both transports (Electron IPC, WebSocket) carry
 * all of it: to add a command, add it to its area here and its handler to the same area in the hub's `api/handlers`.
 * Without the handler it does not compile.
 */

/** The areas whose commands the hub itself implements. */
const HUB_COMMANDS = {
  ...hubCommands,
  ...settingsCommands,
  ...deviceCommands,
  ...admissionCommands,
  ...seriesCommands,
  ...historyCommands,
  ...eventCommands,
  ...sessionCommands,
  ...boardCommands,
  ...auditCommands,
  ...backupCommands,
};

/** The areas that a layer around the hub implements. */
const OUTER_COMMANDS = browserCommands;

export const COMMANDS = { ...HUB_COMMANDS, ...OUTER_COMMANDS };

type Commands = typeof COMMANDS;
export type CommandName = keyof Commands;
export type HubCommandName = keyof typeof HUB_COMMANDS;
export type OuterCommandName = keyof typeof OUTER_COMMANDS;
export type CommandParams<K extends CommandName> = InferInput<Commands[K]['params']>;
/** {@link CommandParams} as a handler gets them: parsed, defaults filled in. */
export type CommandArguments<K extends CommandName> = InferOutput<Commands[K]['params']>;
export type CommandResult<K extends CommandName> = NonNullable<Commands[K]['~result']>['value'];

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

export const COMMAND_NAMES: readonly CommandName[] = Object.keys(COMMANDS).filter(isCommandName);

/** Commands that a viewer may call; all others need an admin. */
export const VIEWER_COMMANDS: ReadonlySet<CommandName> = new Set(
  COMMAND_NAMES.filter((name) => COMMANDS[name].role === 'viewer'),
);

/** A subscriber gets the current state first, then changes. */
export const TOPICS = {
  ...hubTopics,
  ...settingsTopics,
  ...deviceTopics,
  ...sessionTopics,
  ...eventTopics,
  ...boardTopics,
};

type Topics = typeof TOPICS;
export type TopicName = keyof Topics;
export type TopicParams<K extends TopicName> = InferInput<Topics[K]['params']>;
export type TopicArguments<K extends TopicName> = InferOutput<Topics[K]['params']>;
export type TopicMessages = { [K in TopicName]: NonNullable<Topics[K]['~message']>['value'] };

export function isTopicName(name: string): name is TopicName {
  return Object.hasOwn(TOPICS, name);
}

export interface HubApi {
  /** Rejects with a `FaultError`: `{code, message}`. */
  call<K extends CommandName>(
    name: K,
    params: CommandParams<K>,
    options?: CallOptions,
  ): Promise<CommandResult<K>>;
  /** Survives reconnects: after one, the listener gets the current state again. */
  subscribe<K extends TopicName>(
    topic: K,
    params: TopicParams<K>,
    listener: (message: TopicMessages[K]) => void,
  ): Unsubscribe;
  /** Survives reconnects too; the next frame is a snapshot, and carries a new `bootId` if the hub restarted. */
  openFeed(spec: FeedSpec, listener: (frame: FeedFrame) => void): FeedHandle;
  /** Called at once with the current state. */
  onLink(listener: (state: LinkState) => void): Unsubscribe;
}
