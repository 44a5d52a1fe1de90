/** The agent's periods, ms; tests shorten them. */
export interface AgentTimings {
  /** From connect to a finished upgrade. */
  handshakeMs: number;
  /** From hello to welcome. */
  welcomeMs: number;
  /** Without anything from the hub, which pings every 10 s, the link is given up. */
  silenceMs: number;
  /** How soon a link must answer after this machine slept or its addresses changed. */
  probeMs: number;
  /** Between two looks at silence, sleep and addresses. */
  watchEveryMs: number;
  /** Waits between attempts: a random time up to `retryBaseMs` doubled at each failure, up to `retryCapMs`. */
  retryBaseMs: number;
  retryCapMs: number;
  /** A connection that lasted so long was a good one: the next failure starts over with short waits. */
  stableMs: number;
  /** After losing to another connection of the same device. */
  supersededMs: number;
  /** After being removed by the user. */
  removedMs: number;
  /** After being refused: by the user, for a wrong key or token; doubled each time in a row, up to `refusedCapMs`. */
  refusedMs: number;
  refusedCapMs: number;
  /** After the hub asked for patience (1013, 4003). */
  busyMs: number;
  /** For the hub's answer to our close frame. */
  closeMs: number;
  /** How long the first row waits for slow collectors. */
  primeMs: number;
}

export const DEFAULT_AGENT_TIMINGS: AgentTimings = {
  handshakeMs: 10_000,
  welcomeMs: 10_000,
  silenceMs: 35_000,
  probeMs: 5_000,
  watchEveryMs: 5_000,
  retryBaseMs: 1_000,
  retryCapMs: 30_000,
  stableMs: 60_000,
  supersededMs: 60_000,
  removedMs: 5 * 60_000,
  refusedMs: 60_000,
  refusedCapMs: 10 * 60_000,
  busyMs: 10_000,
  closeMs: 2_000,
  primeMs: 1_000,
};
