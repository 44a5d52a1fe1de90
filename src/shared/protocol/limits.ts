/**
 * Every limit of the hub, each settable with `--limit name=value`. `docs/protocol.md` lists them and their
 * consequences.
 */
export interface Limits {
  /** Bytes of one message, all its fragments together. Beyond: close 1009. */
  messageBytes: number;
  /** Fragments of one message. Beyond: close 1008. */
  fragments: number;
  /**
   * Pieces (reads from the network) in which one frame may arrive. Beyond: close 1008. Each costs the hub some hundred
   * bytes until the frame is complete, however small it is.
   */
  messagePieces: number;
  /** Open connections, all together. Beyond: HTTP 503. */
  sessions: number;
  /** Connections from one address that have not sent hello yet. Beyond: HTTP 429. */
  unauthenticatedPerAddress: number;
  /**
   * Connections that have not completed a request or hello yet, in total. Beyond: the one that has taken longest is
   * cut.
   */
  arrivals: number;
  /** Plain HTTP requests per second from one address; bursts of ten times that. Beyond: HTTP 429. */
  requestsPerSec: number;
  /** Plain HTTP requests in progress from one address. Beyond: HTTP 503. */
  requestsPerAddress: number;
  /** Plain HTTP requests in progress, in total. Beyond: HTTP 503. */
  requests: number;
  /** Exports in progress, in total; viewers have half of them. Beyond: HTTP 503. */
  exports: number;
  /** Exports in progress of one address. Beyond: HTTP 503. */
  exportsPerAddress: number;
  /** Exports in progress of one browser, or of one address with a token. Beyond: HTTP 503. */
  exportsPerCaller: number;
  /** A client that reads nothing of an export or a query's answer for this long is cut off, ms. */
  unreadMs: number;
  /**
   * Devices that push over HTTP and are remembered between pushes. Beyond: the one quiet for longest counts as gone.
   */
  pushers: number;
  /** Pushes in progress, in total. Beyond: HTTP 503. */
  pushes: number;
  /** Pushes in progress from one address. Beyond: HTTP 503. */
  pushesPerAddress: number;
  /** Bytes of one InfluxDB write, as sent. Beyond: HTTP 413; lines before the limit are stored. */
  pushBytes: number;
  /** The same, uncompressed. */
  pushInflatedBytes: number;
  /** The largest ratio of a push's uncompressed to its compressed size. Beyond: HTTP 413. */
  pushInflateRatio: number;
  /** Characters of one line of an InfluxDB write. Beyond: that line is left out. */
  pushLineLength: number;
  /** Bytes of one push that is read as a whole (JSON, OTLP, collectd), uncompressed. Beyond: HTTP 413. */
  pushMessageBytes: number;
  /** Uncompressed bytes read from one push while none of its devices is admitted. Beyond: answered at once. */
  pushWaitingBytes: number;
  /** Devices in one push. Beyond: those readings are left out. */
  pushDevices: number;
  /** From the head of a push to the end of its body, ms. Beyond: HTTP 408. */
  pushTimeoutMs: number;
  /** How long a push that brings more than `samplesPerSec` is read more slowly, ms. Beyond: HTTP 429. */
  pushPatienceMs: number;
  /** TLS handshakes in progress. Beyond: the address with the most of them loses its oldest. */
  tlsHandshakes: number;
  /**
   * TLS handshakes per second started by one address; bursts of ten times that. Beyond: refused before any work is
   * done.
   */
  tlsHandshakesPerSec: number;
  /** From TCP accept to a complete upgrade or request head, TLS included, ms. Beyond: the socket is cut. */
  upgradeTimeoutMs: number;
  /** From upgrade to the first message of a client that offered `wirewatch.v1`, ms. Beyond: close 4006. */
  helloTimeoutMs: number;
  /**
   * From upgrade to the first message of any other client, ms. Beyond: close 4006. Until that message,
   * `unauthenticatedPerAddress` and `arrivals` apply, as to every unidentified client.
   */
  silenceMs: number;
  /** Devices that one connection may report for. Beyond: a notice, `TOO_MANY_DEVICES`. */
  devicesPerConnection: number;
  /** Sustained messages per second from one session; bursts of ten times that. Beyond: close 4003. */
  messagesPerSec: number;
  /** Sustained samples per second from one session; bursts of ten times that. Beyond: close 4003. */
  samplesPerSec: number;
  /**
   * Bytes per second from one device; bursts of two seconds. Beyond: reading pauses so that TCP slows the sender;
   * after 3 s of that close 4003.
   */
  bytesPerSec: number;
  /** Bytes per second from a device that is not admitted yet, and for echoes. */
  waitingBytesPerSec: number;
  /** From the first byte of a message to its last, ms. Beyond: close 1008. */
  messageTimeoutMs: number;
  /** Pings and unsolicited pongs per second from one session; bursts of ten times that. Beyond: close 4003. */
  controlFramesPerSec: number;
  /**
   * How often per minute connections from one address may be cut off for floods or broken frames. Beyond: HTTP 429.
   */
  freeStrikes: number;
  /** The longest time that such an address is refused, ms; it starts at a second and doubles. */
  penaltyMs: number;
  /**
   * Series of one device. Beyond: a series that was silent for an hour, or not heard since the hub started, makes room;
   * if there is none, a notice, and the new series are not stored.
   */
  seriesPerDevice: number;
  /**
   * Series of one device that made room; their history stays readable. Beyond: the one silent for longest leaves the
   * list.
   */
  restingSeriesPerDevice: number;
  /** Series of all devices together. Beyond: one of the same device makes room; else a notice, and it is not stored. */
  seriesTotal: number;
  /** Known devices, pending ones included. Beyond: close 1013. */
  devices: number;
  /**
   * Devices waiting for approval. Beyond: the address with the most of them loses the one that was silent for longest; if
   * that is the newcomer's own address, close 1013.
   */
  pendingDevices: number;
  /** Blocked devices. Beyond: no more can be blocked. */
  blockedDevices: number;
  /** Verification codes issued to one address in ten minutes. Beyond: close 1013. */
  codesPerAddress: number;
  /**
   * The same, issued to all addresses together; the last quarter goes to addresses that asked fewer than five times.
   * Beyond: close 1013.
   */
  codes: number;
  /** Agents that wait as the same device at one address. Beyond: close 1013. */
  askersPerDevice: number;
  /** Wrong tokens and keys from one address in a minute. Beyond: HTTP 429 until the minute is over. */
  failuresPerAddress: number;
  /** Join tokens. Beyond: expired and used-up ones make room, else no more can be created. */
  joinTokens: number;
  /** Series of one device whose unit the user chose. Beyond: the command fails with `TOO_MANY_UNITS`. */
  chosenUnitsPerDevice: number;
  /** Characters of a metric name. */
  nameLength: number;
  /** Characters of a label value. */
  labelValueLength: number;
  /** Labels of one series. */
  labelsPerSeries: number;
  /** Characters of a series' name and labels together, as a key. Beyond: a notice, and the series is not stored. */
  seriesKeyLength: number;
  /**
   * Events per second that one device may send or cause; bursts of ten times that. Beyond: a notice, and the event is
   * dropped.
   */
  eventsPerSec: number;
  /** State texts kept of one device. Beyond: a notice, `TOO_MANY_STATES`, and further texts are not kept as states. */
  statesPerDevice: number;
  /** Characters of an event's text. Beyond: truncated. */
  textLength: number;
  /** Requests in progress from one UI. Beyond: the request fails. */
  callsPerUi: number;
  /** Subscriptions of one UI. Beyond: the request fails. */
  subscriptionsPerUi: number;
  /** Open feeds of one UI. */
  feedsPerUi: number;
  /** Series of one feed. */
  seriesPerFeed: number;
  /** Bytes waiting to be sent to one agent before it is cut off. */
  sendBufferBytes: number;
  /** Requests to one agent that are waiting for an answer. */
  requestsInFlight: number;
  /** Bytes of the in-memory rings of all series together. Beyond: the oldest minutes are dropped. */
  ringBytes: number;
  /** Events kept in memory. Beyond: the oldest are dropped. */
  events: number;
  /** Frames the inspector keeps for one watched session. */
  inspectedFrames: number;
  /** Ended sessions kept for display. */
  endedSessions: number;
  /** Refused clients kept for display, for each reason. Beyond: the one refused longest ago leaves the list. */
  refusalsKept: number;
  /** Entries of the audit log. Beyond: the oldest are dropped. */
  auditEntries: number;
  /** Boards, all together. Beyond: the command fails with `TOO_MANY_BOARDS`. */
  boards: number;
  /** Bytes of one board as JSON. Beyond: the command fails with `BOARD_TOO_LARGE`. */
  boardBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  messageBytes: 256 * 1024,
  fragments: 64,
  messagePieces: 4_096,
  sessions: 10_000,
  unauthenticatedPerAddress: 64,
  arrivals: 1_024,
  requestsPerSec: 200,
  requestsPerAddress: 64,
  requests: 512,
  exports: 24,
  exportsPerAddress: 8,
  exportsPerCaller: 4,
  unreadMs: 30_000,
  pushers: 5_000,
  pushes: 64,
  pushesPerAddress: 16,
  pushBytes: 25 * 1024 * 1024,
  pushInflatedBytes: 32 * 1024 * 1024,
  pushInflateRatio: 100,
  pushLineLength: 64 * 1024,
  pushMessageBytes: 4 * 1024 * 1024,
  pushWaitingBytes: 64 * 1024,
  pushDevices: 256,
  pushTimeoutMs: 60_000,
  pushPatienceMs: 3_000,
  tlsHandshakes: 256,
  tlsHandshakesPerSec: 50,
  upgradeTimeoutMs: 5_000,
  helloTimeoutMs: 5_000,
  silenceMs: 10 * 60_000,
  devicesPerConnection: 64,
  messagesPerSec: 200,
  samplesPerSec: 20_000,
  bytesPerSec: 2 * 1024 * 1024,
  waitingBytesPerSec: 64 * 1024,
  messageTimeoutMs: 15_000,
  controlFramesPerSec: 20,
  freeStrikes: 4,
  penaltyMs: 30_000,
  seriesPerDevice: 2_000,
  restingSeriesPerDevice: 2_000,
  seriesTotal: 500_000,
  devices: 20_000,
  pendingDevices: 256,
  blockedDevices: 1_000,
  codesPerAddress: 60,
  codes: 1_000,
  askersPerDevice: 8,
  failuresPerAddress: 20,
  joinTokens: 100,
  chosenUnitsPerDevice: 1_000,
  nameLength: 256,
  labelValueLength: 512,
  labelsPerSeries: 32,
  seriesKeyLength: 2_048,
  eventsPerSec: 5,
  statesPerDevice: 64,
  textLength: 4_096,
  callsPerUi: 256,
  subscriptionsPerUi: 256,
  feedsPerUi: 64,
  seriesPerFeed: 10_000,
  sendBufferBytes: 4 * 1024 * 1024,
  requestsInFlight: 16,
  ringBytes: 128 * 1024 * 1024,
  events: 5_000,
  inspectedFrames: 200,
  endedSessions: 500,
  refusalsKept: 20,
  auditEntries: 5_000,
  boards: 100,
  boardBytes: 256 * 1024,
};

/**
 * The limits of a hub's demands on an agent. The other end may be an impostor, or someone in between on a plain
 * connection. Budgets belong to the agent and not to a connection, so reconnecting does not renew them.
 * `docs/agents.md` lists them.
 */
export const AGENT_LIMITS = {
  /** Bytes of one message. Beyond: close 1009. */
  messageBytes: 256 * 1024,
  /** Fragments of one message. Beyond: close 1008. */
  fragments: 64,
  /** Bytes per second; bursts of sixteen times that. Beyond: close 1008. */
  bytesPerSec: 256 * 1024,
  /** Messages per second, acknowledgements included; bursts of ten times that. Beyond: close 1008. */
  messagesPerSec: 500,
  /** Pings and pongs per second; bursts of ten times that. Beyond: close 1008. */
  controlFramesPerSec: 5,
  /** Bytes that the hub does not read. Beyond: the connection is cut. Rows wait in the queue long before that. */
  unsentBytes: 4 * 1024 * 1024,
  /** Messages about admission per minute; bursts of twice that. Beyond: close 1008. */
  admissionsPerMin: 30,
  /** Keys per hour. Beyond: ignored. */
  keysPerHour: 12,
  /** Changes of the sampling interval per minute. Beyond: delayed, and only the last one is made. */
  intervalsPerMin: 12,
  /** Requests per second; bursts of ten times that. Beyond: answered with `BUSY`. */
  requestsPerSec: 5,
  /** Requests handled at the same time. Beyond: answered with `BUSY`. */
  requestsAtOnce: 4,
  /** Log lines per minute about messages of hubs; bursts of 20. Beyond: counted, and the count is logged. */
  logLinesPerMin: 6,
  /** Characters of a hub's text in one log line. Beyond: cut off. */
  logTextLength: 300,
  /** Addresses at which one hub is searched for, besides the last one. Beyond: the oldest are forgotten. */
  addresses: 80,
} as const;

/** The limits of a backup's file. Beyond: it is not made, or refused when it is to be restored. */
export const BACKUP_LIMITS = {
  /** Bytes of its list of contents. */
  manifestBytes: 1024 * 1024,
  /** Files in it. */
  parts: 4_096,
  /** Bytes of each file but the history, which may be as large as the disk allows. */
  fileBytes: 64 * 1024 * 1024,
  /** Characters of each sealed file. */
  secretBytes: 64 * 1024,
  /** How long one that a page had made waits to be fetched, ms. Beyond: it is removed. */
  heldMs: 5 * 60_000,
  /** Characters of a passphrase. */
  passphraseMin: 8,
  passphraseMax: 256,
} as const;

export const LIMIT_NAMES = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];

export const SUBPROTOCOL = 'wirewatch.v1';
export const PROTOCOL_VERSION = 1;
export const DEFAULT_PORT = 7411;

/** Bounds of a sampling interval, ms. */
export const MIN_INTERVAL_MS = 100;
export const MAX_INTERVAL_MS = 3_600_000;
export const DEFAULT_INTERVAL_MS = 1_000;
/** The sampling interval of a device whose page is open. */
export const FOCUS_INTERVAL_MS = 250;
