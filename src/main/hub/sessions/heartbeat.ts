import { randomBytes } from 'node:crypto';

/** Probes that may wait for the answer to a ping at a time. */
const MAX_WAITING = 16;

/**
 * Pings and pongs of one session (RFC 6455 sections 5.5.2 and 5.5.3). Each ping carries eight random bytes. A pong that
 * carries them back is its answer and gives the round trip; so does an empty pong, which some clients send, although the
 * RFC asks for an echo. Any other frame that comes after a ping is a sign of life: its sender is not missing, even when it
 * never answers pings.
 */
export class Heartbeat {
  pingsSent = 0;
  pongsReceived = 0;
  /** Pings in a row without any sign of life when the next was due. */
  missed = 0;
  rttMs: number | null = null;
  #awaited: Buffer | null = null;
  #sentAt = 0;
  /** Whether nothing came since the latest ping. */
  #isSilent = true;
  #dueFrom: number;
  #waiters: ((rttMs: number) => void)[] = [];

  /** `monotonic` is when the session began, ms. */
  constructor(monotonic: number) {
    this.#dueFrom = monotonic;
  }

  isDue(monotonic: number, everyMs: number): boolean {
    return monotonic - this.#dueFrom >= everyMs;
  }

  /** Starts the wait for the next ping anew: what came while nothing was read is not held against the peer. */
  restart(monotonic: number): void {
    this.#dueFrom = monotonic;
  }

  /** The payload of the next ping; a ping before it that met with silence counts as missed. */
  next(monotonic: number): Buffer {
    this.#dueFrom = monotonic;
    if (this.#awaited && this.#isSilent) this.missed++;
    return this.#send(monotonic);
  }

  /** A ping out of turn, whose round trip `done` gets; the one before it is not counted as missed. */
  extra(monotonic: number, done: (rttMs: number) => void): Buffer {
    if (this.#waiters.length < MAX_WAITING) this.#waiters.push(done);
    return this.#send(monotonic);
  }

  /** A frame came that is no pong. The ping under way may still be answered, and then gives the round trip. */
  heard(): void {
    this.missed = 0;
    this.#isSilent = false;
  }

  /** Takes a pong; false when it answers nothing that was asked. */
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
