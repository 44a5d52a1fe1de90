import * as v from 'valibot';
import { boardDraftSchema, type Board, type BoardSummary } from './boards/board';
import type { Unsubscribe } from './disposable';
import { selectionSchema } from './explore/explore-view';
import { MAX_INTERVAL_MS, MIN_INTERVAL_MS } from './protocol/limits';
import type {
  BrowserInfo,
  ConnectionSpan,
  DeviceInfo,
  EventInfo,
  FrameInfo,
  HubInfo,
  JoinToken,
  QueryResult,
  RefusedCounts,
  SeriesInfo,
  SeriesSearch,
  SessionDetail,
  SessionInfo,
  Settings,
  StorageInfo,
  UiRole,
} from './model';

/**
 * The one contract between any UI and the hub. Both transports (Electron IPC, WebSocket) carry it whole:
 * adding a command means adding its schema and result here and its handler in the hub, and nothing else.
 */

const deviceId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const sessionId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const seriesId = v.pipe(v.number(), v.integer(), v.minValue(0));
const time = v.pipe(v.number(), v.finite());
const intervalMs = v.pipe(v.number(), v.integer(), v.minValue(MIN_INTERVAL_MS), v.maxValue(MAX_INTERVAL_MS));
const days = v.pipe(v.number(), v.minValue(0.01), v.maxValue(36_500));
const noteText = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1_000));
const eventId = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const boardId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const upTo = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
const empty = v.object({});

/** What each command takes. The hub parses arguments with these, whatever transport brought them. */
export const COMMAND_PARAMS = {
  getHub: empty,
  getSettings: empty,
  updateSettings: v.partial(
    v.object({
      theme: v.picklist(['system', 'dark', 'light']),
      port: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
      intervalMs,
      admit: v.picklist(['ask', 'token', 'open']),
      tls: v.picklist(['off', 'allow', 'require']),
      advertise: v.boolean(),
      shareUi: v.boolean(),
      localAgent: v.boolean(),
      retention: v.object({
        rawDays: days,
        minuteDays: days,
        hourDays: days,
        budgetBytes: v.pipe(v.number(), v.integer(), v.minValue(64 * 1024 * 1024)),
      }),
    }),
  ),
  listDevices: empty,
  listSeries: v.object({ device: deviceId }),
  /**
   * Finds series of all devices by words of their metric, labels, device and tags (`cpu tag:lab`), grouped by metric
   * and labels or by device. `limit` bounds the series of the whole answer.
   */
  searchSeries: v.object({
    text: v.pipe(v.string(), v.maxLength(256)),
    by: v.optional(v.picklist(['metric', 'device']), 'metric'),
    groups: v.optional(upTo(500), 40),
    perGroup: v.optional(upTo(500), 5),
    limit: v.optional(upTo(500), 200),
  }),
  /** The series of a selection that the hub knows, in no particular order. */
  resolveSeries: v.object({ groups: selectionSchema }),
  query: v.object({
    device: v.optional(deviceId),
    metric: v.optional(v.pipe(v.string(), v.maxLength(256))),
    series: v.optional(v.pipe(v.array(seriesId), v.maxLength(1_000))),
    from: time,
    to: time,
    points: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
    raw: v.optional(v.boolean()),
  }),
  listEvents: v.object({
    device: v.optional(deviceId),
    from: v.optional(time),
    to: v.optional(time),
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000))),
  }),
  /** With `code`, the digits that the user compared, it fails with `CODE_CHANGED` when others are shown by now. */
  approveDevice: v.object({ device: deviceId, code: v.optional(v.pipe(v.string(), v.maxLength(16))) }),
  /** Turns it away; it may still be approved later. */
  rejectDevice: v.object({ device: deviceId }),
  /** Turns it and new devices from its address away without a word, until it is unblocked. */
  blockDevice: v.object({ device: deviceId }),
  /** Forgets a blocked device: it may ask again. */
  unblockDevice: v.object({ device: deviceId }),
  /**
   * Gives an approved device a new key; the one before ends. An agent that is connected gets it over the connection;
   * otherwise it is in the answer, this once, to be put into the device's program.
   */
  issueDeviceKey: v.object({ device: deviceId }),
  /** Ends a device's key and its connections: it has to be approved again. */
  revokeDeviceKey: v.object({ device: deviceId }),
  listJoinTokens: empty,
  /** The secret is in the answer and nowhere else. */
  createJoinToken: v.object({
    name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64)),
    lifetimeMs: v.nullable(
      v.pipe(v.number(), v.integer(), v.minValue(60_000), v.maxValue(10 * 365 * 86_400_000)),
    ),
    maxUses: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000))),
  }),
  /** Devices that joined with it stay. */
  revokeJoinToken: v.object({ token: v.pipe(v.string(), v.maxLength(64)) }),
  /** Closes the device's connections with 4005 and forgets it and its data. */
  removeDevice: v.object({ device: deviceId }),
  /** An empty name goes back to the device's own. */
  renameDevice: v.object({ device: deviceId, name: v.pipe(v.string(), v.trim(), v.maxLength(128)) }),
  setDeviceTags: v.object({
    device: deviceId,
    tags: v.pipe(v.array(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64))), v.maxLength(32)),
  }),
  /** null follows the hub's setting again. */
  setDeviceInterval: v.object({ device: deviceId, intervalMs: v.nullable(intervalMs) }),
  /** Asks the device's agent something over its open connection, e.g. `processes.list`. */
  requestDevice: v.object({
    device: deviceId,
    method: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
    params: v.optional(v.record(v.string(), v.unknown())),
  }),
  getSession: v.object({ session: sessionId }),
  /** Sends a ping frame now and answers with the round trip. */
  pingSession: v.object({ session: sessionId }),
  /** Starts a closing handshake with code 1000. */
  closeSession: v.object({ session: sessionId }),
  getRefused: empty,
  getStorage: empty,
  /** Oldest and newest sample of a device. */
  getExtent: v.object({ device: deviceId }),
  /** Forgets a device's samples and events; the device stays. */
  deleteDeviceData: v.object({ device: deviceId }),
  /** When each device was connected within a range. */
  listConnectionSpans: v.object({ from: time, to: time }),
  addNote: v.object({ at: time, text: noteText, device: v.optional(v.nullable(deviceId), null) }),
  updateNote: v.object({ event: eventId, text: noteText }),
  deleteNote: v.object({ event: eventId }),
  listBoards: empty,
  getBoard: v.object({ board: boardId }),
  /**
   * Replaces the board whose `revision` is given, or makes one with null. `CONFLICT`: it has another revision by now,
   * or exists already; `NO_SUCH_BOARD`: it was deleted.
   */
  saveBoard: v.object({ board: boardDraftSchema, revision: v.nullable(v.number()) }),
  /** `CONFLICT` when it was changed since `revision`; null deletes whatever there is. */
  deleteBoard: v.object({ board: boardId, revision: v.optional(v.nullable(v.number()), null) }),
  /** A link, good once and for ten minutes, that opens this UI on another machine. */
  createUiLink: v.object({ role: v.optional(v.picklist(['viewer', 'admin']), 'admin') }),
  /** Who asks, and what they may do. */
  getCaller: empty,
  listBrowsers: empty,
  /** Signs a browser out and closes its UIs. */
  revokeBrowser: v.object({ browser: v.pipe(v.string(), v.maxLength(64)) }),
} as const;

/** Commands that a viewer may call; everything else is an admin's. */
export const VIEWER_COMMANDS: ReadonlySet<CommandName> = new Set<CommandName>([
  'getHub',
  'getSettings',
  'listDevices',
  'listSeries',
  'searchSeries',
  'resolveSeries',
  'listBoards',
  'getBoard',
  'query',
  'listEvents',
  'getSession',
  'pingSession',
  'getRefused',
  'getStorage',
  'getExtent',
  'listConnectionSpans',
  'getCaller',
]);

export interface CommandResults {
  getHub: HubInfo;
  getSettings: Settings;
  updateSettings: Settings;
  listDevices: DeviceInfo[];
  listSeries: SeriesInfo[];
  searchSeries: SeriesSearch;
  resolveSeries: SeriesInfo[];
  query: QueryResult;
  listEvents: EventInfo[];
  approveDevice: null;
  rejectDevice: null;
  blockDevice: null;
  unblockDevice: null;
  issueDeviceKey: { key: string | null };
  revokeDeviceKey: null;
  listJoinTokens: JoinToken[];
  createJoinToken: { token: JoinToken; secret: string };
  revokeJoinToken: null;
  removeDevice: null;
  renameDevice: null;
  setDeviceTags: null;
  setDeviceInterval: null;
  requestDevice: unknown;
  getSession: SessionDetail;
  pingSession: { rttMs: number };
  closeSession: null;
  getRefused: RefusedCounts;
  getStorage: StorageInfo;
  getExtent: { oldest: number; newest: number } | null;
  deleteDeviceData: null;
  listConnectionSpans: Record<string, ConnectionSpan[]>;
  addNote: EventInfo;
  updateNote: null;
  deleteNote: null;
  listBoards: BoardSummary[];
  getBoard: Board;
  saveBoard: Board;
  deleteBoard: null;
  createUiLink: { urls: string[]; expiresAt: number };
  getCaller: { role: UiRole; from: string };
  listBrowsers: BrowserInfo[];
  revokeBrowser: null;
}

export type CommandName = keyof typeof COMMAND_PARAMS;
export type CommandParams<K extends CommandName> = v.InferInput<(typeof COMMAND_PARAMS)[K]>;
/** {@link CommandParams} as a handler gets them: parsed, defaults filled in. */
export type CommandArguments<K extends CommandName> = v.InferOutput<(typeof COMMAND_PARAMS)[K]>;
export type CommandResult<K extends CommandName> = CommandResults[K];

/** What each topic takes. A subscriber gets the present state first, then what changes. */
export const TOPIC_PARAMS = {
  /** This hub's facts. */
  hub: empty,
  settings: empty,
  /** All devices first, then those that changed, coalesced. */
  devices: empty,
  /** All sessions first, then once a second those that changed. */
  sessions: empty,
  /** New and changed events only; ask `listEvents` for earlier ones. */
  events: empty,
  /** All boards first, then those that changed; ask `getBoard` for what is on one. */
  boards: empty,
  /** The frames of one session from now on; nothing is captured unless somebody subscribes. */
  frames: v.object({ session: sessionId }),
} as const;

export interface TopicMessages {
  hub: HubInfo;
  settings: Settings;
  devices: { full: boolean; changed: DeviceInfo[]; removed: string[] };
  sessions: { full: boolean; changed: SessionInfo[]; removed: string[] };
  events: { events: EventInfo[]; removed: number[] };
  boards: { full: boolean; changed: BoardSummary[]; removed: string[] };
  frames: { frames: FrameInfo[] };
}

export type TopicName = keyof typeof TOPIC_PARAMS;
export type TopicParams<K extends TopicName> = v.InferInput<(typeof TOPIC_PARAMS)[K]>;

/** Which live series a UI wants, how far back its snapshot reaches, and how often it wants frames. */
export const feedSpecSchema = v.object({
  series: v.array(seriesId),
  windowMs: v.pipe(v.number(), v.minValue(0), v.maxValue(3_600_000)),
  /** At least 50; a hidden UI asks for 1000. */
  flushMs: v.pipe(v.number(), v.minValue(50), v.maxValue(60_000)),
  /** Devices whose agents should sample at {@link FOCUS_INTERVAL_MS} as long as this feed is open. */
  focus: v.optional(v.pipe(v.array(deviceId), v.maxLength(8)), []),
});
export type FeedSpec = v.InferInput<typeof feedSpecSchema>;

export const feedPatchSchema = v.partial(v.object(feedSpecSchema.entries));
/** New series get a snapshot of their own; those that stay go on without one. */
export type FeedPatch = v.InferInput<typeof feedPatchSchema>;

/**
 * Series that arrived together share one time column. `v` is column after column: the value of series `s`
 * at row `r` is `v[s * t.length + r]`; NaN where the device sent nothing. Counters come as rates per second.
 */
export interface FeedBlock {
  series: Uint32Array;
  t: Float64Array;
  v: Float64Array;
}

export interface FeedFrame {
  bootId: string;
  /** The hub's clock when it made the frame. */
  hubTime: number;
  /** `snapshot`: what the rings hold of these series; replaces. `append`: what came since. */
  kind: 'snapshot' | 'append';
  blocks: FeedBlock[];
}

export interface FeedHandle {
  update(patch: FeedPatch): void;
  close(): void;
}

/** `closed` carries why; the client keeps trying by itself unless `retrying` is false. */
export type LinkState =
  | { state: 'connecting' }
  | { state: 'open'; bootId: string }
  | { state: 'closed'; code: string; message: string; retrying: boolean };

export interface CallOptions {
  /** Aborting it rejects the call with `CANCELLED` at once and tells the hub to stop working on it. */
  signal?: AbortSignal | undefined;
}

export interface HubApi {
  /** Rejects with a `FaultError`: `{code, message}`. */
  call<K extends CommandName>(
    name: K,
    params: CommandParams<K>,
    options?: CallOptions,
  ): Promise<CommandResult<K>>;
  /** Survives reconnects: after one, the listener gets the present state again. */
  subscribe<K extends TopicName>(
    topic: K,
    params: TopicParams<K>,
    listener: (message: TopicMessages[K]) => void,
  ): Unsubscribe;
  /** Survives reconnects too; the next frame is a snapshot, and carries a new `bootId` if the hub restarted. */
  openFeed(spec: FeedSpec, listener: (frame: FeedFrame) => void): FeedHandle;
  /** Called at once with the present state. */
  onLink(listener: (state: LinkState) => void): Unsubscribe;
}
