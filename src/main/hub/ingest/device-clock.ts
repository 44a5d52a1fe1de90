/** A time is accepted unchanged if it is at most this far from its arrival, ms. */
export const RIGHT_WITHIN_MS = 10_000;
/** How many messages with the same time offset prove that a clock is wrong, and the least time they span, ms. */
const ENOUGH_MESSAGES = 5;
const ENOUGH_TIME_MS = 30_000;
/** Two offsets count as the same if they differ by at most this, ms; it covers the time in transit. */
const SAME_OFFSET_MS = 5_000;

/** The treatment of the times of one message. */
export type ClockJudgement =
  /**
   * Keep the times, after adding `shiftMs`. It is 0 for correct times, and for wrong ones whose offset is not known
   * yet.
   */
  | { kind: 'take'; shiftMs: number }
  /** Keep the message aside: it is ahead of its arrival, but the clock is not yet known to be wrong. */
  | { kind: 'aside' };

/**
 * Estimates how far a device's clock is from the hub's.
 *
 * A full agent reports its time, and stamps its rows with the hub's. A simple device only stamps its data: times far
 * from their arrival come from a wrong clock or from a backlog. Five messages over 30 s with the same offset prove a
 * wrong clock, because a backlog would catch up. From then on the offset is estimated again with each message; earlier
 * times stay unchanged. Nothing is ever moved into the future.
 */
export class DeviceClock {
  /** Device time minus hub time, ms; null until the device reports its time. */
  offsetMs: number | null = null;
  #heardAt = 0;
  /** Messages with the same time offset: when the first one came, and how many there were. */
  #suspicion: { since: number; offsetMs: number; count: number } | null = null;
  /** Whether the clock is known to be wrong or to step. */
  #isWrong = false;
  #hasStepped = false;

  get isWrong(): boolean {
    return this.#isWrong;
  }

  /** Records a time that the device reported, received at `hubNow`. */
  heard(deviceNow: number, hubNow: number): void {
    this.offsetMs = deviceNow - hubNow;
    this.#heardAt = deviceNow;
  }

  /** Corrects the offset by half the first round trip, the time the message was in flight. */
  correct(rttMs: number): void {
    if (this.offsetMs !== null && this.#heardAt !== 0) {
      this.offsetMs += rttMs / 2;
      this.#heardAt = 0;
    }
  }

  /**
   * Call when the hub's clock was set. The device's clock is as right or wrong as before, but its offset from the hub's
   * has changed.
   */
  hubSet(stepMs: number): void {
    if (this.offsetMs === null) return;
    this.offsetMs -= stepMs;
    this.#hasStepped = false;
    if (this.#suspicion) {
      this.#suspicion.offsetMs -= stepMs;
      this.#suspicion.since += stepMs;
    }
    if (Math.abs(this.offsetMs) > RIGHT_WITHIN_MS) return;
    this.#suspicion = null;
    this.#isWrong = false;
  }

  /** Judges a message of a simple device by its newest time and its arrival at `now`; both ms since the epoch. */
  judge(newest: number, now: number): ClockJudgement {
    const offsetMs = newest - now;
    const before = this.offsetMs;
    this.offsetMs = offsetMs;
    if (Math.abs(offsetMs) <= RIGHT_WITHIN_MS) {
      if (before !== null && Math.abs(before) > RIGHT_WITHIN_MS) this.#hasStepped = true;
      this.#suspicion = null;
      this.#isWrong = false;
      // If the clock was just set, not even a time slightly ahead is accepted unchanged.
      return { kind: 'take', shiftMs: this.#hasStepped && offsetMs > 0 ? -offsetMs : 0 };
    }
    this.#suspect(offsetMs, now);
    if (this.#isWrong) return { kind: 'take', shiftMs: -offsetMs };
    return offsetMs > 0 ? { kind: 'aside' } : { kind: 'take', shiftMs: 0 };
  }

  #suspect(offsetMs: number, now: number): void {
    const known = this.#suspicion;
    if (known && Math.abs(offsetMs - known.offsetMs) <= SAME_OFFSET_MS) {
      known.count++;
      // A clock that runs fast or slow drifts, so each message is compared with the previous one.
      known.offsetMs = offsetMs;
      if (known.count >= ENOUGH_MESSAGES && now - known.since >= ENOUGH_TIME_MS) this.#isWrong = true;
      return;
    }
    this.#suspicion = { since: now, offsetMs, count: 1 };
    this.#isWrong = false;
  }
}
