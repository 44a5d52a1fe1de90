/** A time is right as it was said while it is at most this far from its arrival, ms. */
export const RIGHT_WITHIN_MS = 10_000;
/** Messages whose times are off by the same that show a wrong clock, and the least time they span, ms. */
const ENOUGH_MESSAGES = 5;
const ENOUGH_TIME_MS = 30_000;
/** Two messages are off by the same when they differ by at most this, ms: it covers what they were under way. */
const SAME_OFFSET_MS = 5_000;

/** What a device's clock makes of the times of one message. */
export type ClockJudgement =
  /** Right as said; or wrong, but nobody can tell yet by how much. `shiftMs` is to be added. */
  | { kind: 'take'; shiftMs: number }
  /** Ahead of its arrival, and not known to come from a wrong clock: to be kept aside until that is known. */
  | { kind: 'aside' };

/**
 * How far a device's clock is from the hub's.
 *
 * A full agent tells its time, and stamps its rows with the hub's. A simple device only stamps: times far from their
 * arrival come from a wrong clock, or from a backlog. Five messages over 30 s, all off by the same, show a wrong clock,
 * since a backlog catches up. From then on the offset is estimated anew with each message; what came before stays as it
 * was said. Nothing is ever moved into the future.
 */
export class DeviceClock {
  /** Device time minus hub time, ms; null until the device told a time. */
  offsetMs: number | null = null;
  #heardAt = 0;
  /** Messages whose times were off by the same: the first of them, and how many there were. */
  #suspicion: { since: number; offsetMs: number; count: number } | null = null;
  /** Whether the clock was seen to be wrong, or to step. */
  #isWrong = false;
  #hasStepped = false;

  get isWrong(): boolean {
    return this.#isWrong;
  }

  /** Records a time that the device sent, received at `hubNow`. */
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

  /** The hub's clock was set: the device's clock is as right or wrong as before, but off from it by another amount. */
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

  /** Judges a message of a simple device by its newest time, when it arrives at `now`; both ms since the epoch. */
  judge(newest: number, now: number): ClockJudgement {
    const offsetMs = newest - now;
    const before = this.offsetMs;
    this.offsetMs = offsetMs;
    if (Math.abs(offsetMs) <= RIGHT_WITHIN_MS) {
      if (before !== null && Math.abs(before) > RIGHT_WITHIN_MS) this.#hasStepped = true;
      this.#suspicion = null;
      this.#isWrong = false;
      // A clock that was just set is not trusted to be ahead by a little.
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
      // A clock that runs fast or slow drifts: each message is compared with the one before.
      known.offsetMs = offsetMs;
      if (known.count >= ENOUGH_MESSAGES && now - known.since >= ENOUGH_TIME_MS) this.#isWrong = true;
      return;
    }
    this.#suspicion = { since: now, offsetMs, count: 1 };
    this.#isWrong = false;
  }
}
