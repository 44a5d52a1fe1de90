import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { FaultError } from '@shared/errors';
import { logFault } from '@shared/logger';
import { Moment } from '@shared/moment';
import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import type { HubToAgentMessage } from '@shared/protocol/hub-messages';
import type { SessionContext } from './session-context';
import { closeCodeOf, codeOf, wordsOf } from './close-frames';
import { Closing } from './closing';
import type { Endpoint } from './endpoint';
import { FrameLedger } from './frame-ledger';
import type { FrameTap } from './frame-tap';
import { Heartbeat } from './heartbeat';
import type { HubWebSocket } from './hub-web-socket';
import { Intake } from './intake';
import type { Strike } from '../bounds/penalties';
import type { RefusedClient } from '../bounds/refused-client';
import type { SessionFacts } from './session-facts';
import type { Traffic } from './traffic';

/**
 * One WebSocket connection from upgrade to close: frames in and out, heartbeat, closing handshake, and all counts.
 */
export class Session {
  readonly id = randomUUID();
  readonly opened: Moment;
  readonly facts: SessionFacts;
  readonly heartbeat: Heartbeat;
  readonly closing: Closing;
  readonly protocol: string | null;
  readonly traffic: Traffic;
  readonly tap: FrameTap;
  refused = 0;
  /** Changes whenever a UI would show something different. */
  version = 0;
  readonly #socket: HubWebSocket;
  readonly #link: Duplex;
  readonly #context: SessionContext;
  readonly #onClosed: (session: Session) => void;
  readonly #frames: FrameLedger;
  readonly #intake: Intake;
  #endpoint: Endpoint | null = null;
  /** Whether it is an admitted agent. */
  #isKnown = false;

  /** `link` is the stream that `socket` reads from. */
  constructor(
    socket: HubWebSocket,
    link: Duplex,
    facts: SessionFacts,
    context: SessionContext,
    onClosed: (session: Session) => void,
  ) {
    this.#socket = socket;
    this.#link = link;
    this.#context = context;
    this.#onClosed = onClosed;
    this.facts = facts;
    const { limits, clock } = context;
    this.opened = new Moment(clock);
    this.heartbeat = new Heartbeat(clock.monotonic());
    this.protocol = socket.protocol === '' ? null : socket.protocol;
    this.#frames = new FrameLedger(clock);
    this.traffic = this.#frames.traffic;
    this.tap = this.#frames.tap;
    this.closing = new Closing(socket, this.#frames, clock);
    socket.on('message', (data, isBinary) => this.#message(data as Buffer, isBinary));
    socket.on('ping', (data) => this.#contain(() => this.#ping(data)));
    socket.on('pong', (data) => this.#contain(() => this.#pong(data)));
    socket.on('error', (error) => this.#contain(() => this.#error(error)));
    socket.on('close', (code, reason) => this.#contain(() => this.#closed(code, reason.toString())));
    this.#intake = new Intake(socket, link, {
      clock,
      bytesPerSec: limits.waitingBytesPerSec,
      controlFramesPerSec: limits.controlFramesPerSec,
      messageBytes: limits.messageBytes,
      messageTimeoutMs: limits.messageTimeoutMs,
      floodMs: context.timings.floodMs,
      onFlood: () => this.#refuse('TOO_MANY_BYTES', 'Too many bytes per second.', CLOSE.rateLimited),
      onSlowMessage: () => this.#refuse('SLOW_MESSAGE', 'A message took too long to arrive.', CLOSE.policy),
    });
  }

  get lastFrameAt(): number {
    return this.#frames.lastFrameAt;
  }

  get endpoint(): Endpoint | null {
    return this.#endpoint;
  }

  /** The client shown in refusals on this connection. */
  get client(): RefusedClient {
    return { ...this.facts.client, device: this.#endpoint?.device ?? null };
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN && this.closing.sent === null;
  }

  /**
   * Whether the agent's end closed the connection properly, by a close frame or at least by TCP's FIN. It has then
   * read everything sent before, since a socket closed with unread data is reset instead (RFC 2525 section 2.17).
   */
  get wasLeft(): boolean {
    return this.closing.received !== null || this.#link.readableEnded;
  }

  start(endpoint: Endpoint): void {
    this.#endpoint = endpoint;
  }

  send(message: HubToAgentMessage): void {
    this.sendData(JSON.stringify(message));
  }

  /** Sends a text frame, or a binary one for a Buffer. A peer that does not read is cut off before it fills memory. */
  sendData(data: string | Buffer): void {
    if (!this.isOpen) return;
    if (this.#socket.bufferedAmount > this.#context.limits.sendBufferBytes) {
      this.#context.refused.add('SLOW_READER', this.client);
      this.closing.cut({ code: CLOSE.policy, text: 'The device did not read what the hub sent it.' });
      return;
    }
    this.#frames.wentOut(typeof data === 'string' ? 'text' : 'binary', data);
    this.#socket.send(data);
  }

  /** Sends a ping now; resolves with the round trip, ms. Rejects with `NO_ANSWER` or `NOT_CONNECTED`. */
  ping(): Promise<number> {
    if (!this.isOpen) return Promise.reject(new FaultError('NOT_CONNECTED', 'The connection is closed.'));
    const { clock, timings } = this.#context;
    return this.heartbeat.probe(clock, timings.requestTimeoutMs, (payload) => this.#sendPing(payload));
  }

  /** Starts the closing handshake (RFC 6455 section 7.1.2); the socket is cut if the peer does not answer in time. */
  close(code: number, reason: string): void {
    if (!this.closing.begin(code, reason)) return;
    if (code === CLOSE.rateLimited) this.#expelled('flood');
    else this.closing.cutAfter(this.#context.timings.closeTimeoutMs);
    this.version++;
  }

  /** Closes with a code, and records the reason even if the peer is gone. */
  closeLost(code: number): void {
    const text = describeCloseCode(code);
    this.close(code, text);
    this.closing.cut({ code, text });
  }

  /** Stops reading, so that TCP makes the peer wait; heartbeats do not count as missed meanwhile. */
  pause(): void {
    this.#intake.pause('history');
  }

  resume(): void {
    this.heartbeat.restart(this.#context.clock.monotonic());
    this.#intake.resume('history');
  }

  /** Stops reading until the output is sent: for peers that receive as much as they send. */
  pauseForOutput(): void {
    if (this.isOpen) this.#intake.pauseForOutput();
  }

  /** Call once a second: heartbeat and rates. */
  second(now: number, monotonic: number): void {
    if (!this.closing.isOver) this.#contain(() => this.#second(now, monotonic));
  }

  /** Call when the hub's clock was set; `stepMs` is negative if it was set back. */
  clockSet(stepMs: number): void {
    this.#contain(() => this.#endpoint?.clockSet(stepMs));
    this.version++;
  }

  #second(now: number, monotonic: number): void {
    this.traffic.second();
    const { timings } = this.#context;
    if (this.isOpen && !this.#intake.isPaused && this.heartbeat.isDue(monotonic, timings.pingEveryMs)) {
      const payload = this.heartbeat.next(monotonic);
      if (this.heartbeat.missed >= timings.lostAfterMissed) {
        this.closeLost(CLOSE.heartbeatLost);
        return;
      }
      this.#sendPing(payload);
    }
    this.#intake.second(monotonic);
    this.#endpoint?.second(now);
    this.#setRate();
    this.version++;
  }

  #message(data: Buffer, isBinary: boolean): void {
    this.#frames.cameIn(isBinary ? 'binary' : 'text', data);
    this.heartbeat.heard();
    // When the hub stops, data that a peer sent before it received the close frame is still stored, because many peers
    // send nothing twice.
    if (this.closing.sent && this.closing.sent.code !== CLOSE.goingAway) return;
    try {
      this.#endpoint?.message(data, isBinary);
      if (!this.#isKnown) this.#setRate();
    } catch (error) {
      this.#failed(error);
    }
  }

  #contain(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Ends this connection after a fault of ours, which must not end the whole hub. */
  #failed(error: unknown): void {
    const about = { session: this.id, address: this.facts.address, device: this.#endpoint?.device ?? null };
    const { log } = this.#context;
    logFault(log, 'SESSION_FAILED', 'A connection could not be handled and is closed.', error, about);
    this.#refuse('INTERNAL', 'The hub had an internal error.', CLOSE.internalError);
  }

  /** Sets the rate of reading, which is low for a client that waits for approval. */
  #setRate(): void {
    const state = this.#endpoint?.state;
    this.#isKnown = this.facts.endpoint === 'agent' && (state === 'online' || state === 'stale');
    const { bytesPerSec, waitingBytesPerSec } = this.#context.limits;
    this.#intake.bytesPerSec = this.#isKnown ? bytesPerSec : waitingBytesPerSec;
  }

  /** Sends the reason, and closes. */
  #refuse(code: string, message: string, closeCode: number): void {
    if (!this.isOpen) return;
    this.refused++;
    this.#context.refused.add(code, this.client);
    this.send({ type: 'error', code, message });
    this.close(closeCode, message);
  }

  /** Stops reading, because an answer to the close frame is not worth reading the rest. */
  #expelled(why: Strike): void {
    this.#intake.stop();
    if (!this.facts.isFromOtherSite) this.#context.penalties.strike(this.facts.address, why);
    this.closing.cutAfter(this.#context.timings.expelTimeoutMs);
  }

  #control(): void {
    if (this.#intake.takeControlFrame()) return;
    this.#refuse('TOO_MANY_CONTROL_FRAMES', 'Too many pings or pongs per second.', CLOSE.rateLimited);
  }

  #ping(data: Buffer): void {
    this.#frames.cameIn('ping', data);
    // `ws` has already sent the pong.
    this.#frames.wentOut('pong', data);
    this.heartbeat.heard();
    this.#control();
  }

  #pong(data: Buffer): void {
    this.#frames.cameIn('pong', data);
    if (this.heartbeat.pong(data, this.#context.clock.monotonic())) this.#endpoint?.pong();
    else {
      this.heartbeat.heard();
      this.#control();
    }
  }

  #sendPing(payload: Buffer): void {
    this.#frames.wentOut('ping', payload);
    this.#socket.ping(payload);
  }

  #error(error: Error): void {
    const wsCode = 'code' in error && typeof error.code === 'string' ? error.code : '';
    if (!wsCode.startsWith('WS_ERR_')) return;
    const code = codeOf(wsCode, error.message);
    this.refused++;
    this.#context.refused.add(code, this.client);
    this.closing.beginForBrokenFrame(closeCodeOf(code), wordsOf(code, error.message));
    this.#expelled('broken frame');
  }

  #closed(code: number, reason: string): void {
    this.facts.tls?.ended();
    const why = this.closing.ended(code, reason);
    this.version++;
    try {
      this.#endpoint?.closed(why);
    } finally {
      this.#onClosed(this);
    }
  }
}
