/** The agent's periods, ms; tests shorten them. */
export interface AgentTimings {
  /** The most time from connect to a finished upgrade. */
  handshakeMs: number;
  /** The most time from hello to welcome. */
  welcomeMs: number;
  /** The link is dropped after this long without anything from the hub, which pings every 10 s. */
  silenceMs: number;
  /** How soon a link must answer after this machine slept or its addresses changed. */
  probeMs: number;
  /** The time between two checks for silence, sleep and new addresses. */
  watchEveryMs: number;
  /** Waits between attempts: a random time up to `retryBaseMs` doubled at each failure, up to `retryCapMs`. */
  retryBaseMs: number;
  retryCapMs: number;
  /** A connection that lasted this long was stable: after it, waits start short again. */
  stableMs: number;
  /** The wait after another connection of the same device took over. */
  supersededMs: number;
  /** The wait after the user removed the device. */
  removedMs: number;
  /**
   * The wait after a refusal (by the user, or for a wrong key or token); doubles each time in a row, up to
   * `refusedCapMs`.
   */
  refusedMs: number;
  refusedCapMs: number;
  /** The wait after the hub was too busy (1013, 4003). */
  busyMs: number;
  /** The most time to wait for the hub's answer to our close frame. */
  closeMs: number;
  /** The least time between two searches for a hub that does not answer. */
  searchEveryMs: number;
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
  searchEveryMs: 15_000,
  primeMs: 1_000,
};
