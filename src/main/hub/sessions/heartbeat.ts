import { randomBytes } from 'node:crypto';

/**
 * Ping and pong of one session (RFC 6455 section 5.5.2). Each ping carries eight random bytes; only the pong that
 * carries them back counts as its answer.
 */
export class Heartbeat {
  pingsSent = 0;
  pongsReceived = 0;
  /** Pings in a row without an answer when the next was due. */
  missed = 0;
  rttMs: number | null = null;
  #awaited: Buffer | null = null;
  #sentAt = 0;
  #waiters: ((rttMs: number) => void)[] = [];

  /** The payload of the next ping; a previous one still unanswered counts as missed. */
  next(monotonic: number): Buffer {
    if (this.#awaited) this.missed++;
    return this.#send(monotonic);
  }

  /** A ping out of turn, whose round trip `done` gets; the one under way is not counted as missed. */
  extra(monotonic: number, done: (rttMs: number) => void): Buffer {
    if (this.#waiters.length < 16) this.#waiters.push(done);
    return this.#send(monotonic);
  }

  /** Takes a pong; false when it answers nothing that was asked. */
  pong(payload: Buffer, monotonic: number): boolean {
    if (!this.#awaited?.equals(payload)) return false;
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
    this.pingsSent++;
    return this.#awaited;
  }
}
