import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '@shared/clock';
import { FrameMeter } from './frame-meter';
import { TokenBucket } from '../bounds/token-bucket';

/** A whole read of Node's: there is probably more where it came from. */
const FULL_READ_BYTES = 64 * 1024;
/** Seconds of the rate that may come at once. */
const BURST_S = 2;
/** A pause shorter than this is not worth its timer, ms. */
const MIN_WAIT_MS = 10;
/** Paces that follow each other this closely are one flood, ms. */
const SAME_FLOOD_MS = 500;

/** Why reading stands still; it goes on when no reason is left. */
type PauseReason = 'history' | 'turn' | 'rate' | 'output' | 'over';

export interface IntakeOptions {
  clock: Clock;
  bytesPerSec: number;
  /** The largest message; one of that size never has to wait for itself. */
  messageBytes: number;
  messageTimeoutMs: number;
  /** A flood that goes on for so long though it is paced is no burst any more. */
  floodMs: number;
  /** It sends more than its rate without end, though it was made to wait. */
  onFlood(): void;
  /** A message was begun and did not become complete in time. */
  onSlowMessage(): void;
}

/**
 * How much of one peer's bytes is read, and when. Each peer gets one read a turn of the event loop, so that nobody's
 * flood keeps others waiting; whoever sends more than its rate is not read for a while, so that TCP makes it wait; and a
 * message must become complete in time.
 */
export class Intake {
  readonly #webSocket: WebSocket;
  readonly #options: IntakeOptions;
  readonly #meter = new FrameMeter();
  readonly #reasons = new Set<PauseReason>();
  #bucket: TokenBucket;
  #bytesPerSec: number;
  #messageSince: number | null = null;
  #floodSince = 0;
  #pacedUntil = Number.NEGATIVE_INFINITY;
  #cancelWait: (() => void) | null = null;

  constructor(webSocket: WebSocket, socket: Duplex, options: IntakeOptions) {
    this.#webSocket = webSocket;
    this.#options = options;
    this.#bytesPerSec = options.bytesPerSec;
    this.#bucket = this.#newBucket();
    // After the library's own listener: what this chunk holds has been taken in when it is weighed here.
    socket.on('data', (chunk: Buffer) => this.#weigh(chunk));
    socket.once('close', () => this.dispose());
  }

  get isPaused(): boolean {
    return this.#reasons.size > 0;
  }

  /** The rate from now on; a new one begins with its burst unspent. */
  set bytesPerSec(rate: number) {
    if (rate === this.#bytesPerSec) return;
    this.#bytesPerSec = rate;
    this.#bucket = this.#newBucket();
    this.#stopWaiting();
  }

  pause(reason: PauseReason): void {
    this.#reasons.add(reason);
    this.#webSocket.pause();
  }

  resume(reason: PauseReason): void {
    if (!this.#reasons.delete(reason) || this.#reasons.size > 0) return;
    // What came late because the hub did not read is not the peer's fault.
    if (reason !== 'turn' && this.#messageSince !== null)
      this.#messageSince = this.#options.clock.monotonic();
    this.#webSocket.resume();
  }

  /** Reads nothing any more: what is still under way stays with TCP. */
  stop(): void {
    this.pause('over');
    // The library goes on reading, to no purpose, after an error of its own.
    process.nextTick(() => process.nextTick(() => this.#webSocket.pause()));
  }

  /** Once a second. */
  second(monotonic: number): void {
    if (this.isPaused || this.#messageSince === null) return;
    if (monotonic - this.#messageSince >= this.#options.messageTimeoutMs) this.#options.onSlowMessage();
  }

  dispose(): void {
    this.#cancelWait?.();
    this.#cancelWait = null;
    this.#messageSince = null;
  }

  #weigh(chunk: Buffer): void {
    const now = this.#options.clock.monotonic();
    const ended = this.#meter.take(chunk);
    if (!this.#meter.isMidMessage) this.#messageSince = null;
    else if (this.#messageSince === null || ended > 0) this.#messageSince = now;
    const debt = this.#bucket.spend(chunk.length, now);
    if (debt > 0) this.#pace(debt, now);
    else if (chunk.length >= FULL_READ_BYTES) this.#endTurn();
  }

  #endTurn(): void {
    if (this.#reasons.has('turn')) return;
    this.pause('turn');
    setImmediate(() => this.resume('turn'));
  }

  #pace(debt: number, now: number): void {
    if (this.#reasons.has('over')) return;
    if (now - this.#pacedUntil > SAME_FLOOD_MS) this.#floodSince = now;
    else if (now - this.#floodSince >= this.#options.floodMs) {
      this.#options.onFlood();
      return;
    }
    const waitMs = Math.max(MIN_WAIT_MS, (debt / this.#bytesPerSec) * 1_000);
    this.#pacedUntil = now + waitMs;
    this.pause('rate');
    this.#cancelWait?.();
    this.#cancelWait = this.#options.clock.after(waitMs, () => this.#stopWaiting());
  }

  #stopWaiting(): void {
    this.#cancelWait?.();
    this.#cancelWait = null;
    this.resume('rate');
  }

  #newBucket(): TokenBucket {
    const burst = Math.max(this.#bytesPerSec * BURST_S, this.#options.messageBytes * 2);
    return new TokenBucket(this.#bytesPerSec, burst, this.#options.clock.monotonic());
  }
}
