/**
 * Every bound of the hub in one place, each settable with `--limit name=value`.
 * `docs/protocol.md` lists them with what happens at the limit.
 */
export interface Limits {
  /** Bytes of one message, all its fragments together. Beyond: close 1009. */
  messageBytes: number;
  /** Fragments of one message. Beyond: close 1008. */
  fragments: number;
  /** Open connections, all together. Beyond: HTTP 503. */
  sessions: number;
  /** Connections from one address that have not said hello yet. Beyond: HTTP 429. */
  unauthenticatedPerAddress: number;
  /** From TCP accept to a complete upgrade or request head, ms. Beyond: the socket is cut. */
  upgradeTimeoutMs: number;
  /** From upgrade to the first message, ms. Beyond: close 4006. */
  helloTimeoutMs: number;
  /** Sustained messages a second from one session; bursts of ten times that. Beyond: close 4003. */
  messagesPerSec: number;
  /** Sustained samples a second from one session; bursts of ten times that. Beyond: close 4003. */
  samplesPerSec: number;
  /** Series of one device. Beyond: a notice, and those series are not stored. */
  seriesPerDevice: number;
  /** Series of all devices together. Beyond: a notice, and those series are not stored. */
  seriesTotal: number;
  /** Known devices, pending ones included. Beyond: close 1013. */
  devices: number;
  /** Devices that wait for approval. Beyond: close 1013. */
  pendingDevices: number;
  /** Characters of a metric name. */
  nameLength: number;
  /** Characters of a label value. */
  labelValueLength: number;
  /** Labels of one series. */
  labelsPerSeries: number;
  /** Characters of an event's text; longer text is cut. */
  textLength: number;
  /** Open feeds of one UI. */
  feedsPerUi: number;
  /** Series of one feed. */
  seriesPerFeed: number;
  /** Bytes waiting to be sent to one agent before it is cut off. */
  sendBufferBytes: number;
  /** Requests to one agent that wait for an answer. */
  requestsInFlight: number;
  /** Bytes of the in-memory rings of all series together. Beyond: the oldest minutes go first. */
  ringBytes: number;
  /** Events kept in memory. Beyond: the oldest go first. */
  events: number;
  /** Frames the inspector keeps for one watched session. */
  inspectedFrames: number;
  /** Ended sessions kept for display. */
  endedSessions: number;
  /** Boards, all together. Beyond: the command fails with `TOO_MANY_BOARDS`. */
  boards: number;
  /** Bytes of one board as JSON. Beyond: the command fails with `BOARD_TOO_LARGE`. */
  boardBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  messageBytes: 256 * 1024,
  fragments: 64,
  sessions: 10_000,
  unauthenticatedPerAddress: 64,
  upgradeTimeoutMs: 5_000,
  helloTimeoutMs: 5_000,
  messagesPerSec: 200,
  samplesPerSec: 20_000,
  seriesPerDevice: 2_000,
  seriesTotal: 500_000,
  devices: 20_000,
  pendingDevices: 256,
  nameLength: 256,
  labelValueLength: 512,
  labelsPerSeries: 32,
  textLength: 4_096,
  feedsPerUi: 64,
  seriesPerFeed: 10_000,
  sendBufferBytes: 4 * 1024 * 1024,
  requestsInFlight: 16,
  ringBytes: 128 * 1024 * 1024,
  events: 5_000,
  inspectedFrames: 200,
  endedSessions: 500,
  boards: 100,
  boardBytes: 256 * 1024,
};

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
