import { randomBytes } from 'node:crypto';
import type { Clock } from '@shared/clock';
import { FaultError } from '@shared/errors';

/** The most probes that may wait for the answer to a ping at the same time. */
const MAX_WAITING = 16;

/**
 * Pings and pongs of one session (RFC 6455 sections 5.5.2 and 5.5.3). Each ping carries eight random bytes. A pong that
 * returns them is its answer and gives the round trip. So does an empty pong, which some clients send although the RFC
 * asks for an echo. Any other frame after a ping is a sign of life: its sender is not missing, even if it never answers
 * pings.
 */
export class Heartbeat {
  pingsSent = 0;
  pongsReceived = 0;
  /** The number of consecutive pings after which nothing was received before the next was due. */
  missed = 0;
  rttMs: number | null = null;
  #awaited: Buffer | null = null;
  #sentAt = 0;
  /** Whether nothing has been received since the latest ping. */
  #isSilent = true;
  #dueFrom: number;
  #waiters: ((rttMs: number) => void)[] = [];

  /** `monotonic` is the start of the session, ms. */
  constructor(monotonic: number) {
    this.#dueFrom = monotonic;
  }

  isDue(monotonic: number, everyMs: number): boolean {
    return monotonic - this.#dueFrom >= everyMs;
  }

  /** Restarts the wait for the next ping: silence while the hub did not read does not count against the peer. */
  restart(monotonic: number): void {
    this.#dueFrom = monotonic;
  }

  /**
   * Returns the payload of the next ping. If nothing was received since the previous ping, that one counts as missed.
   */
  next(monotonic: number): Buffer {
    this.#dueFrom = monotonic;
    if (this.#awaited && this.#isSilent) this.missed++;
    return this.#send(monotonic);
  }

  /**
   * Sends an extra ping; the previous ping does not count as missed. Resolves with the round trip, ms; rejects with
   * `NO_ANSWER` when no pong comes within `timeoutMs`.
   */
  probe(clock: Clock, timeoutMs: number, send: (payload: Buffer) => void): Promise<number> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(timeoutMs, () =>
        reject(new FaultError('NO_ANSWER', 'The device did not answer the ping in time.')),
      );
      if (this.#waiters.length < MAX_WAITING) {
        this.#waiters.push((rttMs) => {
          cancel();
          resolve(rttMs);
        });
      }
      send(this.#send(clock.monotonic()));
    });
  }

  /** Records a frame other than a pong. The current ping may still be answered, and then gives the round trip. */
  heard(): void {
    this.missed = 0;
    this.#isSilent = false;
  }

  /** Takes a pong; returns false if it answers no ping. */
  pong(payload: Buffer, monotonic: number): boolean {
    if (!this.#awaited || !(payload.length === 0 || this.#awaited.equals(payload))) return false;
    this.#awaited = null;
    this.missed = 0;
    this.pongsReceived++;
    this.rttMs = monotonic - this.#sentAt;
    for (const done of this.#waiters.splice(0)) done(this.rttMs);
    return true;
  }

  #send(monotonic: number): Buffer {
    this.#awaited = randomBytes(8);
    this.#sentAt = monotonic;
    this.#isSilent = true;
    this.pingsSent++;
    return this.#awaited;
  }
}
