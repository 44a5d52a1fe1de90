/** The hub's periods, ms; tests shorten them. */
export interface Timings {
  /** The time between two pings of a session. */
  pingEveryMs: number;
  /** After this many unanswered pings, when the next is due, a device is stale. */
  staleAfterMissed: number;
  /** After this many unanswered pings, when the next is due, the connection is cut (4007). */
  lostAfterMissed: number;
  /** A device without data for `lateFactor` intervals, and at least `lateAtLeastMs`, is stale. */
  lateFactor: number;
  lateAtLeastMs: number;
  /** A pusher whose data is later than `lostFactor` intervals, and at least `lostAtLeastMs`, is offline. */
  lostFactor: number;
  lostAtLeastMs: number;
  /** The assumed interval of a pusher until enough pushes have arrived to estimate it. */
  unknownCadenceMs: number;
  /** The time between two acknowledgements of one stream. */
  ackEveryMs: number;
  /** The time between two checks for feeds that are due. */
  feedTickMs: number;
  /** The time between two batches of device changes sent to UIs. */
  deviceChangesEveryMs: number;
  /** The time from our close frame until the socket is cut, if the other side does not answer. */
  closeTimeoutMs: number;
  /** The same for a peer that floods and is no longer read. */
  expelTimeoutMs: number;
  /** How long a peer may exceed its rate despite being paused before it counts as a flood. */
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
