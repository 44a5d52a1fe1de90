/** The hub's data as any UI or API client sees it. Times are ms since the epoch; sizes are bytes. */

export type DeviceKind = 'computer' | 'board' | 'program';
export type MetricKind = 'gauge' | 'counter';
export type Labels = Readonly<Record<string, string>>;

/**
 * connecting: upgrade in progress; authenticating: waiting for hello; pending: waiting for approval; online; stale:
 * heartbeats missed, or data overdue; offline: no connection; rejected: refused by the user.
 */
export type ConnectionState =
  'connecting' | 'authenticating' | 'pending' | 'online' | 'stale' | 'offline' | 'rejected';

/**
 * `open`: by the admission policy of that name; `internal`: part of Wirewatch itself; `import`: known only from
 * imported samples, which admits no connection.
 */
export type ApprovedBy = 'user' | 'token' | 'open' | 'internal' | 'import';

/** `blocked`: refused without an explanation, and left out of the lists. */
export type Approval = 'approved' | 'pending' | 'rejected' | 'blocked';

/** The reason for a state: a close code or a short code such as `LATE_DATA`, and a sentence for people. */
export interface StateReason {
  code: number | string;
  text: string;
}

/**
 * Where a series' unit comes from. `known`: the device declares it, or the metric is a standard one; `guessed`: from
 * the words of the metric's name (the unit is empty if they say nothing); `chosen`: by the user.
 */
export type UnitSource = 'known' | 'guessed' | 'chosen';

export interface SeriesInfo {
  /** The hub's own id; valid only for one `bootId`. */
  id: number;
  device: string;
  metric: string;
  labels: Labels;
  unit: string;
  unitSource: UnitSource;
  kind: MetricKind;
  title: string | null;
  min: number | null;
  max: number | null;
}

/** A series that summarises a device on its card; a device has at most three. */
export interface HeadlineSeries {
  series: number;
  /** Short word for the card: `CPU`, `Memory`, `Net`, `Temp`. */
  label: string;
  metric: string;
  labels: Labels;
  unit: string;
  kind: MetricKind;
  min: number | null;
  max: number | null;
}

export interface DeviceInfo {
  id: string;
  name: string;
  /** The device's own name, even if the user gave it another one. */
  ownName: string;
  kind: DeviceKind;
  state: ConnectionState;
  reason: StateReason | null;
  approval: Approval;
  /** How it was admitted; null unless approved. */
  approvedBy: ApprovedBy | null;
  /** While it waits for approval, the digits that its agent also shows. */
  code: string | null;
  /** When it was issued its key; null if it has none. */
  keyIssuedAt: number | null;
  /** Whether its connection is encrypted; null without a connection. */
  secure: boolean | null;
  /** True for the built-in agent, which watches this computer. */
  local: boolean;
  /** A full agent speaks wirewatch.v1; a simple device just sends values. */
  simple: boolean;
  os: string | null;
  arch: string | null;
  model: string | null;
  tags: string[];
  agent: string | null;
  address: string | null;
  session: string | null;
  firstSeenAt: number;
  connectedAt: number | null;
  lastSeenAt: number | null;
  rttMs: number | null;
  clockOffsetMs: number | null;
  /** The interval that the user chose for this device; null follows the hub's setting. */
  chosenIntervalMs: number | null;
  /** The interval in force now, focus included. */
  intervalMs: number;
  seriesCount: number;
  /** Changes whenever its series or their units change. */
  seriesRevision: number;
  headline: HeadlineSeries[];
  /** Rows from an outage that are still on their way; null when the device is up to date. */
  backlog: { remaining: number; total: number } | null;
  /** The connections that were lost within the last hour, as far as this run of the hub knows; null if there were none. */
  drops: DropSummary | null;
}

/** What people ask about a device first. */
export type VitalName = 'cpu' | 'memory' | 'disk' | 'temperature' | 'network' | 'uptime';

/**
 * The newest value of each vital that a device has, and of each of its headline series. Null: it has none that describes
 * the present, for example because the device is offline. `label` says which disk or sensor a value comes from.
 */
export interface DeviceVitals {
  device: string;
  values: Partial<Record<VitalName, { value: number | null; label: string }>>;
  headline: (number | null)[];
}

/** Lost connections, and the sentences that say why they were lost, the most frequent first. */
export interface DropSummary {
  count: number;
  causes: { text: string; count: number }[];
}

/** A text that a device sends as a value, such as `"state": "printing"`. */
export interface StateInfo {
  /** The name of the value, with its labels: `printer.state`, `state{job="a"}`. */
  name: string;
  /** The current text; null while the device is not online, because the state is unknown then. */
  text: string | null;
  /** The last text that the device sent. */
  last: string;
  /** When the text became `last`, and when the device last sent it, ms since the epoch. */
  since: number;
  heardAt: number;
}

export interface SessionInfo {
  id: string;
  device: string | null;
  /** The device's name, or a description of the client. */
  name: string;
  endpoint: 'agent' | 'echo' | 'echo-raw';
  path: string;
  state: ConnectionState;
  reason: StateReason | null;
  address: string;
  port: number;
  agent: string | null;
  /** The negotiated subprotocol, or null for a simple device. */
  protocol: string | null;
  /** The TLS version that encrypts it, e.g. `TLSv1.3`; null for a plain connection. */
  tls: string | null;
  openedAt: number;
  closedAt: number | null;
  lastFrameAt: number | null;
  rttMs: number | null;
  pingsSent: number;
  pongsReceived: number;
  /** Number of heartbeats currently missed in a row. */
  missedPongs: number;
  clockOffsetMs: number | null;
  intervalMs: number | null;
  framesIn: number;
  framesOut: number;
  /** Payload bytes. */
  bytesIn: number;
  bytesOut: number;
  /** Bytes that framing added in both directions (RFC 6455 section 5.2). */
  frameOverheadBytes: number;
  /** Bytes of the upgrade request and the 101 response. */
  handshakeBytes: number;
  samplesIn: number;
  /** Averaged over the last ten seconds. */
  framesInPerSec: number;
  bytesInPerSec: number;
  samplesInPerSec: number;
  /** Number of messages refused with a notice or an error. */
  refused: number;
}

export interface HttpHead {
  /** `GET /agent HTTP/1.1` or `HTTP/1.1 101 Switching Protocols`. */
  startLine: string;
  /** In wire order; secrets are replaced by `(hidden)`. */
  headers: [name: string, value: string][];
}

export interface CloseFrame {
  code: number;
  reason: string;
  at: number;
}

export interface SessionDetail extends SessionInfo {
  handshake: {
    request: HttpHead;
    response: HttpHead;
    startedAt: number;
    durationMs: number;
    /** The TLS cipher suite by its standard name, e.g. `TLS_AES_256_GCM_SHA384`; null for a plain connection. */
    cipher: string | null;
  };
  /** The closing handshake, RFC 6455 section 7: who sent a close frame, when, and in which order. */
  closing: { sent: CloseFrame | null; received: CloseFrame | null; by: 'agent' | 'hub' | 'network' } | null;
}

/** One WebSocket frame as the inspector shows it. */
export interface FrameInfo {
  /** Rises by one for each frame of the session while it is inspected. */
  seq: number;
  at: number;
  /** `in`: from the agent to the hub. */
  direction: 'in' | 'out';
  opcode: 'text' | 'binary' | 'ping' | 'pong' | 'close';
  payloadBytes: number;
  /** The start of the payload as text, or as hex for control and undecodable frames; 512 characters at most. */
  preview: string;
  truncated: boolean;
}

export type EventLevel = 'info' | 'warning' | 'error';

export type EventKind =
  | 'connected'
  | 'lost'
  | 'approved'
  | 'rejected'
  | 'blocked'
  /** A client claimed to be a known device but could not prove it. */
  | 'impostor'
  | 'removed'
  | 'waiting'
  | 'superseded'
  | 'dropped'
  | 'text'
  /** A note that a user attached to a moment. */
  | 'note'
  | 'hub';

export interface EventInfo {
  id: number;
  at: number;
  kind: EventKind;
  level: EventLevel;
  device: string | null;
  text: string;
}

export type Theme = 'system' | 'dark' | 'light';

/** One change to the hub. */
export interface AuditEntry {
  id: number;
  at: number;
  /** The command that made it: `approveDevice`. */
  action: string;
  /** The change in one sentence. */
  text: string;
  /** The device that was changed; null if the change was to something else. */
  device: string | null;
  by: AuditAuthor;
}

/** The origin of a change. */
export interface AuditAuthor {
  /** The desktop app's own window, a browser, a program that uses the HTTP API, or a command on the hub's machine. */
  kind: 'app' | 'browser' | 'api' | 'command';
  role: UiRole;
  /** Null for the app's own window and for commands. */
  address: string | null;
  /** Null for the app's own window, for commands and for clients that send none. */
  userAgent: string | null;
}

export interface Settings {
  theme: Theme;
  /** The port to listen on; 0 lets the system choose. */
  port: number;
  /** How often agents sample, ms. */
  intervalMs: number;
  /** How unknown devices are handled: the user decides, only a join token admits them, or all are admitted. */
  admit: 'ask' | 'token' | 'open';
  /** Whether the port accepts TLS, and whether it also accepts plain connections. */
  tls: 'off' | 'allow' | 'require';
  /** Whether the hub announces itself on the network (mDNS), so that agents find it. */
  advertise: boolean;
  /** Whether browsers on other machines may open this UI with a link. */
  shareUi: boolean;
  /** Whether this computer is watched by the built-in agent. */
  localAgent: boolean;
  /** How long history is kept at each resolution, and how much disk space it may take in total. */
  retention: Retention;
}

export interface Retention {
  /** Days to keep samples as they were sent. */
  rawDays: number;
  /** Days to keep one-minute roll-ups. */
  minuteDays: number;
  /** Days to keep one-hour roll-ups. */
  hourDays: number;
  budgetBytes: number;
}

export interface StorageTier {
  tier: 'journal' | 'raw' | 'minute' | 'hour';
  bytes: number;
  samples: number;
  oldest: number | null;
  newest: number | null;
}

/**
 * Where history is stored and how much space it takes. With a memory store the tiers are empty and `fileBytes` is 0.
 */
export interface StorageInfo {
  store: HubInfo['store'];
  dataDir: string;
  fileBytes: number;
  budgetBytes: number;
  tiers: StorageTier[];
  seriesCount: number;
  /** Bytes of the in-memory rings. */
  memoryBytes: number;
  /** The current problem of the store, if any. */
  problem: { code: string; message: string } | null;
}

/** A period in which a device was connected. */
export interface ConnectionSpan {
  from: number;
  to: number;
}

export interface HubInfo {
  /** New at every start of the hub; series ids belong to it. */
  bootId: string;
  version: string;
  startedAt: number;
  hostName: string;
  /** `electron` or `node`, with its version. */
  runtime: string;
  platform: string;
  port: number;
  /** Where agents connect without encryption, best first: `ws://192.168.1.20:7411`; empty when TLS is required. */
  agentUrls: string[];
  /** Where agents connect with TLS, best first: `wss://192.168.1.20:7411`; empty when it is off. */
  secureAgentUrls: string[];
  tls: TlsInfo;
  discovery: DiscoveryInfo;
  /** Where browsers open the UI. */
  uiUrls: string[];
  uiAccess: UiAccess;
  store: 'memory' | 'sqlite';
  /** Whether new data is stored on disk. */
  isStoring: boolean;
  /** Why history is not stored on disk although it should be, or what went wrong when storing it. */
  storeProblem: { code: string; message: string } | null;
  dataDir: string;
  localDevice: string | null;
  demo: boolean;
}

/** Who can open the UI from other machines, and what decides it. */
export interface UiAccess {
  /** Whether other machines may open it now; the setting alone does not tell. */
  isShared: boolean;
  /** Whether the hub listens only on this machine's own address, which no other machine reaches. */
  isLocalOnly: boolean;
  /** The start options that decide it instead of the setting: `--ui-token`, `--share-ui`, `--host`. */
  decidedBy: string[];
  /** Whether even this machine needs the token. */
  needsToken: boolean;
}

/** The certificate that the hub presents. */
export interface TlsInfo {
  mode: Settings['tls'];
  /** SHA-256 of the certificate, as `AB:CD:…`; null when TLS is off or failed. */
  fingerprint: string | null;
  /** SHA-256 of its public key, `sha256//…` as curl's `--pinnedpubkey` expects; stays the same when it is renewed. */
  keyPin: string | null;
  notAfter: number | null;
  /** Whether the user provided it. */
  custom: boolean;
  /** Why TLS is unavailable although it is switched on. */
  problem: { code: string; message: string } | null;
}

/** Whether agents on the network can find the hub by themselves. */
export interface DiscoveryInfo {
  state: 'on' | 'off' | 'failed';
  /** The name under which it is announced. */
  name: string | null;
  problem: { code: string; message: string } | null;
}

/** A token that lets devices join without asking the user. Its secret is shown only once, when it is created. */
export interface JoinToken {
  id: string;
  name: string;
  createdAt: number;
  expiresAt: number | null;
  maxUses: number | null;
  uses: number;
  lastUsedAt: number | null;
}

export type UiRole = 'viewer' | 'admin';

/** A browser that is signed in to the UI. */
export interface BrowserInfo {
  id: string;
  role: UiRole;
  address: string;
  userAgent: string | null;
  signedInAt: number;
  lastSeenAt: number;
  /** Number of UIs that it has open now. */
  open: number;
  /** Whether this is the browser that asked. */
  current: boolean;
}

/** Counts of everything that was refused since the hub started, by reason code. */
export type RefusedCounts = Record<string, number>;

/**
 * Repeated refusals of one client for one reason. Contains no secrets; everything but the address was chosen by the
 * client.
 */
export interface RefusalInfo {
  /** When the client was last refused. */
  at: number;
  /** How often it has been refused since it was added to the list. */
  count: number;
  address: string | null;
  /** The id of the device that the client is or claims to be. */
  device: string | null;
  /** The web page that the request came from, e.g. `https://panel.example`. */
  origin: string | null;
  /** The host name and port by which the client addressed the hub. */
  host: string | null;
  /** The path that the client asked for, without the query. */
  path: string | null;
  /** The command-line option that would admit the client, e.g. `--allow-host nas.example`; null if there is none. */
  option: string | null;
}

/** One series of a query's answer. Columns have equal length; null means there was no data. */
export interface QuerySeries {
  device: string;
  metric: string;
  labels: Labels;
  unit: string;
  kind: MetricKind;
  t: number[];
  /** Only without `points`. */
  v?: (number | null)[];
  /** Only with `points`. */
  min?: (number | null)[];
  max?: (number | null)[];
  avg?: (number | null)[];
}

export interface QueryResult {
  series: QuerySeries[];
}

/** The result of a search for series, best groups first; a group's `series` may be only the first of `count`. */
export interface SeriesSearch {
  /** Number of series that match. */
  total: number;
  /** Number of groups that match. */
  groupCount: number;
  groups: { count: number; series: SeriesInfo[] }[];
}
