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
 * The contract between any UI and the hub. Both transports (Electron IPC, WebSocket) carry all of it: adding a
 * command means adding its schema and result here and its handler in the hub, and nothing else.
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

/** The parameters of each command. The hub parses arguments with these schemas, whichever transport carried them. */
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
   * Finds series of all devices by words in their metric, labels, device and tags (`cpu tag:lab`), grouped by metric
   * and labels or by device. `limit` bounds the number of series in the whole answer.
   */
  searchSeries: v.object({
    text: v.pipe(v.string(), v.maxLength(256)),
    by: v.optional(v.picklist(['metric', 'device']), 'metric'),
    groups: v.optional(upTo(500), 40),
    perGroup: v.optional(upTo(500), 5),
    limit: v.optional(upTo(500), 200),
  }),
  /** Returns those series of a selection that the hub knows, in no particular order. */
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
  /** With `code`, the digits that the user compared, it fails with `CODE_CHANGED` if the device now shows others. */
  approveDevice: v.object({ device: deviceId, code: v.optional(v.pipe(v.string(), v.maxLength(16))) }),
  /** Rejects a device; it can still be approved later. */
  rejectDevice: v.object({ device: deviceId }),
  /** Refuses the device and new devices from its address without explanation, until it is unblocked. */
  blockDevice: v.object({ device: deviceId }),
  /** Unblocks a device, so that it can ask to join again. */
  unblockDevice: v.object({ device: deviceId }),
  /**
   * Gives an approved device a new key and invalidates the old one. A connected agent gets it over the connection.
   * Otherwise the answer contains it, only this once, to be put into the device's program.
   */
  issueDeviceKey: v.object({ device: deviceId }),
  /** Revokes a device's key and closes its connections. The device must be approved again. */
  revokeDeviceKey: v.object({ device: deviceId }),
  listJoinTokens: empty,
  /** The answer is the only place that contains the secret. */
  createJoinToken: v.object({
    name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64)),
    lifetimeMs: v.nullable(
      v.pipe(v.number(), v.integer(), v.minValue(60_000), v.maxValue(10 * 365 * 86_400_000)),
    ),
    maxUses: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000))),
  }),
  /** Revokes a token. Devices that joined with it stay. */
  revokeJoinToken: v.object({ token: v.pipe(v.string(), v.maxLength(64)) }),
  /** Closes the device's connections with 4005 and forgets it and its data. */
  removeDevice: v.object({ device: deviceId }),
  /** An empty name restores the device's own name. */
  renameDevice: v.object({ device: deviceId, name: v.pipe(v.string(), v.trim(), v.maxLength(128)) }),
  setDeviceTags: v.object({
    device: deviceId,
    tags: v.pipe(v.array(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64))), v.maxLength(32)),
  }),
  /** null makes the device follow the hub's setting again. */
  setDeviceInterval: v.object({ device: deviceId, intervalMs: v.nullable(intervalMs) }),
  /** Sends a request to the device's agent over its open connection, e.g. `processes.list`. */
  requestDevice: v.object({
    device: deviceId,
    method: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
    params: v.optional(v.record(v.string(), v.unknown())),
  }),
  getSession: v.object({ session: sessionId }),
  /** Sends a ping frame now and returns the round-trip time. */
  pingSession: v.object({ session: sessionId }),
  /** Starts a closing handshake with code 1000. */
  closeSession: v.object({ session: sessionId }),
  getRefused: empty,
  getStorage: empty,
  /** The times of a device's oldest and newest sample. */
  getExtent: v.object({ device: deviceId }),
  /** Deletes a device's samples and events; the device stays. */
  deleteDeviceData: v.object({ device: deviceId }),
  /** When each device was connected within a range. */
  listConnectionSpans: v.object({ from: time, to: time }),
  addNote: v.object({ at: time, text: noteText, device: v.optional(v.nullable(deviceId), null) }),
  updateNote: v.object({ event: eventId, text: noteText }),
  deleteNote: v.object({ event: eventId }),
  listBoards: empty,
  getBoard: v.object({ board: boardId }),
  /**
   * Replaces the board that has this `revision`, or creates one if `revision` is null. Fails with `CONFLICT` if the
   * board now has another revision or already exists, and with `NO_SUCH_BOARD` if it was deleted.
   */
  saveBoard: v.object({ board: boardDraftSchema, revision: v.nullable(v.number()) }),
  /** Fails with `CONFLICT` if the board was changed since `revision`; null deletes it in any case. */
  deleteBoard: v.object({ board: boardId, revision: v.optional(v.nullable(v.number()), null) }),
  /** Creates a link that opens this UI on another machine. It works once, within ten minutes. */
  createUiLink: v.object({ role: v.optional(v.picklist(['viewer', 'admin']), 'admin') }),
  /** Tells the caller who it is and what it may do. */
  getCaller: empty,
  listBrowsers: empty,
  /** Signs a browser out and closes its UIs. */
  revokeBrowser: v.object({ browser: v.pipe(v.string(), v.maxLength(64)) }),
} as const;

/** Commands that a viewer may call; all others are for admins only. */
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
/** {@link CommandParams} as a handler receives them: parsed, with defaults filled in. */
export type CommandArguments<K extends CommandName> = v.InferOutput<(typeof COMMAND_PARAMS)[K]>;
export type CommandResult<K extends CommandName> = CommandResults[K];

/** The parameters of each topic. A subscriber first receives the current state, then changes. */
export const TOPIC_PARAMS = {
  /** Information about this hub. */
  hub: empty,
  settings: empty,
  /** All devices first, then the changed ones, coalesced. */
  devices: empty,
  /** All sessions first, then the changed ones once a second. */
  sessions: empty,
  /** New and changed events only; call `listEvents` for earlier ones. */
  events: empty,
  /** All boards first, then the changed ones; call `getBoard` for a board's contents. */
  boards: empty,
  /** The frames of one session from now on. Frames are captured only while somebody is subscribed. */
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
  /** Devices whose agents should sample every {@link FOCUS_INTERVAL_MS} while this feed is open. */
  focus: v.optional(v.pipe(v.array(deviceId), v.maxLength(8)), []),
});
export type FeedSpec = v.InferInput<typeof feedSpecSchema>;

export const feedPatchSchema = v.partial(v.object(feedSpecSchema.entries));
/** New series get their own snapshot; series that stay continue without one. */
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
  /** `snapshot` replaces what the UI has with the rings' contents for these series; `append` adds what came since. */
  kind: 'snapshot' | 'append';
  blocks: FeedBlock[];
}

export interface FeedHandle {
  update(patch: FeedPatch): void;
  close(): void;
}

/** `closed` says why. The client keeps trying to reconnect unless `retrying` is false. */
export type LinkState =
  | { state: 'connecting' }
  | { state: 'open'; bootId: string }
  | {
      state: 'closed';
      code: string;
      message: string;
      retrying: boolean;
      /** When the hub's last message arrived, by the UI's clock, ms since the epoch; null before the first one. */
      heardAt?: number | null;
    };

export interface CallOptions {
  /** Aborting it rejects the call with `CANCELLED` at once and tells the hub to stop working on it. */
  signal?: AbortSignal | undefined;
}

export interface HubApi {
  /** Rejects with a `FaultError` (`{code, message}`). */
  call<K extends CommandName>(
    name: K,
    params: CommandParams<K>,
    options?: CallOptions,
  ): Promise<CommandResult<K>>;
  /** Survives reconnects: after one, the listener receives the current state again. */
  subscribe<K extends TopicName>(
    topic: K,
    params: TopicParams<K>,
    listener: (message: TopicMessages[K]) => void,
  ): Unsubscribe;
  /** Survives reconnects: after one, the next frame is a snapshot, with a new `bootId` if the hub restarted. */
  openFeed(spec: FeedSpec, listener: (frame: FeedFrame) => void): FeedHandle;
  /** Calls the listener at once with the current state. */
  onLink(listener: (state: LinkState) => void): Unsubscribe;
}
