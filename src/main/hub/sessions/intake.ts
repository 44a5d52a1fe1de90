import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '@shared/clock';
import { FrameMeter } from './frame-meter';
import { TokenBucket } from '@shared/token-bucket';

/** A full read by Node; there is probably more to read. */
const FULL_READ_BYTES = 64 * 1024;
/** The burst, in seconds of the rate. */
const BURST_S = 2;
/** The burst of control frames (RFC 6455 section 5.5), in seconds of their rate. */
const CONTROL_BURST_S = 10;
/** A pause shorter than this is not worth its timer, ms. */
const MIN_WAIT_MS = 10;
/** Pauses that follow each other this closely belong to one flood, ms. */
const SAME_FLOOD_MS = 500;

/** Why reading is paused; it resumes when no reason remains. */
type PauseReason = 'history' | 'turn' | 'rate' | 'output' | 'over';

export interface IntakeOptions {
  clock: Clock;
  bytesPerSec: number;
  controlFramesPerSec: number;
  /** The largest message, bytes; a message of that size never has to wait by itself. */
  messageBytes: number;
  messageTimeoutMs: number;
  /** If the peer exceeds its rate for this long despite pauses, it is a flood and not a burst, ms. */
  floodMs: number;
  /** Called when the peer keeps exceeding its rate although it was paused. */
  onFlood(): void;
  /** Called when a message was started but not completed in time. */
  onSlowMessage(): void;
}

/**
 * Controls how much of one peer's data is read, and when. Each peer gets one read per turn of the event loop, so that
 * one client's flood does not delay others. A peer that exceeds its rate is not read for a while, so that TCP slows it
 * down. A message must be completed in time.
 */
export class Intake {
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  readonly #controlFrames: TokenBucket;
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
    this.#socket = socket;
    this.#options = options;
    const { controlFramesPerSec, clock } = options;
    const burst = controlFramesPerSec * CONTROL_BURST_S;
    this.#controlFrames = new TokenBucket(controlFramesPerSec, burst, clock.monotonic());
    this.#bytesPerSec = options.bytesPerSec;
    this.#bucket = this.#newBucket();
    // Added after the library's own listener, so the chunk has been processed when it is counted here.
    socket.on('data', (chunk: Buffer) => this.#weigh(chunk));
    socket.once('close', () => this.dispose());
  }

  get isPaused(): boolean {
    return this.#reasons.size > 0;
  }

  /** Sets the rate from now on; a new rate starts with a full burst. */
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
    // Delays caused by the hub not reading are not the peer's fault.
    if (reason !== 'turn' && this.#messageSince !== null)
      this.#messageSince = this.#options.clock.monotonic();
    this.#webSocket.resume();
  }

  /** Stops reading until everything written is sent. */
  pauseForOutput(): void {
    if (!this.#socket.writableNeedDrain) return;
    this.pause('output');
    this.#socket.once('drain', () => this.resume('output'));
  }

  /** Counts a ping or a pong; false if there are too many per second. */
  takeControlFrame(): boolean {
    return this.#controlFrames.take(1, this.#options.clock.monotonic());
  }

  /** Stops reading for good; data still in flight stays with TCP. */
  stop(): void {
    this.pause('over');
    // The library keeps reading, pointlessly, after its own error.
    process.nextTick(() => process.nextTick(() => this.#webSocket.pause()));
  }

  /** Call once a second. */
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
