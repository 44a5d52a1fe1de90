/** The hub's periods, ms; tests shorten them. */
export interface Timings {
  /** Between two pings of a session. */
  pingEveryMs: number;
  /** Pings without an answer, when the next is due, that make a device stale. */
  staleAfterMissed: number;
  /** Pings without an answer, when the next is due, that cut the connection (4007). */
  lostAfterMissed: number;
  /** A device whose data is later than `lateFactor` intervals, and at least `lateAtLeastMs`, is stale. */
  lateFactor: number;
  lateAtLeastMs: number;
  /** A pusher whose data is later than `lostFactor` intervals, and at least `lostAtLeastMs`, is offline. */
  lostFactor: number;
  lostAtLeastMs: number;
  /** How often a pusher is taken to push before enough pushes came to tell. */
  unknownCadenceMs: number;
  /** Between two acknowledgements of one stream. */
  ackEveryMs: number;
  /** Between two looks at which feeds are due. */
  feedTickMs: number;
  /** Between two batches of device changes to UIs. */
  deviceChangesEveryMs: number;
  /** From a close frame sent to the socket cut, when the other side does not answer. */
  closeTimeoutMs: number;
  /** The same for one that floods, and is not listened to any more. */
  expelTimeoutMs: number;
  /** How long one may send more than its rate, though made to wait, before it counts as a flood. */
  floodMs: number;
  /** How long an agent may take to answer a request. */
  requestTimeoutMs: number;
}

export const DEFAULT_TIMINGS: Timings = {
  pingEveryMs: 10_000,
  staleAfterMissed: 1,
  lostAfterMissed: 2,
  lateFactor: 3,
  lateAtLeastMs: 5_000,
  lostFactor: 6,
  lostAtLeastMs: 30_000,
  unknownCadenceMs: 60_000,
  ackEveryMs: 100,
  feedTickMs: 50,
  deviceChangesEveryMs: 200,
  closeTimeoutMs: 1_500,
  expelTimeoutMs: 500,
  floodMs: 3_000,
  requestTimeoutMs: 10_000,
};
