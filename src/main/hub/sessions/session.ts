import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { displayText } from '@shared/display-text';
import { FaultError } from '@shared/errors';
import { logFault } from '@shared/logger';
import type { CloseFrame, ConnectionState, SessionDetail, SessionInfo, StateReason } from '@shared/model';
import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import type { HubToAgentMessage } from '@shared/protocol/hub-messages';
import type { Core } from '../core';
import { closeCodeOf, closePayload } from './close-frames';
import { FrameTap } from './frame-tap';
import { Heartbeat } from './heartbeat';
import { Intake } from './intake';
import type { Strike } from '../bounds/penalties';
import type { SessionFacts } from './session-facts';
import { TokenBucket } from '../bounds/token-bucket';
import { Traffic } from './traffic';

/** What an endpoint does with a session: agents talk, echoes answer. */
export interface Endpoint {
  /** The device's name, or what little is known of the client. */
  readonly name: string;
  readonly device: string | null;
  readonly state: ConnectionState;
  readonly reason: StateReason | null;
  readonly agent: string | null;
  readonly clockOffsetMs: number | null;
  readonly intervalMs: number | null;
  message(data: Buffer, isBinary: boolean): void;
  /** Once a second while open. */
  second(now: number): void;
  pong(): void;
  closed(reason: StateReason): void;
}

/** Control frames (RFC 6455 section 5.5) that may come at once, in seconds of their rate. */
const CONTROL_BURST_S = 10;

/** One WebSocket connection from upgrade to close: frames in and out, heartbeat, closing handshake, and the counts of all. */
export class Session {
  readonly id = randomUUID();
  readonly openedAt: number;
  readonly facts: SessionFacts;
  readonly traffic = new Traffic();
  readonly tap = new FrameTap();
  readonly heartbeat = new Heartbeat();
  refused = 0;
  lastFrameAt: number;
  closedAt: number | null = null;
  closeReason: StateReason | null = null;
  /** Changes whenever a UI would show something else. */
  version = 0;
  readonly #socket: WebSocket;
  readonly #link: Duplex;
  readonly #core: Core;
  readonly #onClosed: (session: Session) => void;
  readonly #intake: Intake;
  readonly #controlFrames: TokenBucket;
  #endpoint: Endpoint | null = null;
  #closeSent: CloseFrame | null = null;
  #closeReceived: CloseFrame | null = null;
  #closedBy: 'agent' | 'hub' | 'network' = 'network';
  #cutReason: StateReason | null = null;
  #cancelCut: (() => void) | null = null;
  #pingedAt: number;
  /** Whether it is an agent that was let in. */
  #isKnown = false;

  /** `link` is what `socket` reads from. */
  constructor(
    socket: WebSocket,
    link: Duplex,
    facts: SessionFacts,
    core: Core,
    onClosed: (session: Session) => void,
  ) {
    this.#socket = socket;
    this.#link = link;
    this.#core = core;
    this.#onClosed = onClosed;
    this.facts = facts;
    this.openedAt = core.clock.now();
    this.lastFrameAt = this.openedAt;
    this.#pingedAt = core.clock.monotonic();
    const { limits, clock } = core;
    const { controlFramesPerSec, waitingBytesPerSec, messageBytes, messageTimeoutMs } = limits;
    this.#controlFrames = new TokenBucket(
      controlFramesPerSec,
      controlFramesPerSec * CONTROL_BURST_S,
      this.#pingedAt,
    );
    socket.on('message', (data, isBinary) => this.#contain(() => this.#message(data as Buffer, isBinary)));
    socket.on('ping', (data) => this.#contain(() => this.#ping(data)));
    socket.on('pong', (data) => this.#contain(() => this.#pong(data)));
    socket.on('error', (error) => this.#contain(() => this.#error(error)));
    socket.on('close', (code, reason) => this.#contain(() => this.#closed(code, reason.toString())));
    this.#intake = new Intake(socket, link, {
      clock,
      bytesPerSec: waitingBytesPerSec,
      messageBytes,
      messageTimeoutMs,
      floodMs: core.timings.floodMs,
      onFlood: () => this.#refuse('TOO_MANY_BYTES', 'Too many bytes a second.', CLOSE.rateLimited),
      onSlowMessage: () => this.#refuse('SLOW_MESSAGE', 'A message took too long to arrive.', CLOSE.policy),
    });
  }

  get protocol(): string | null {
    return this.#socket.protocol === '' ? null : this.#socket.protocol;
  }

  get endpoint(): Endpoint | null {
    return this.#endpoint;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN && this.#closeSent === null;
  }

  /**
   * Whether the agent's end closed the connection in order, by a close frame or at least by TCP's FIN: it has read what
   * was sent before, since a socket that is closed with anything unread is reset instead (RFC 2525 section 2.17).
   */
  get wasLeft(): boolean {
    return this.#closeReceived !== null || this.#link.readableEnded;
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
    if (this.#socket.bufferedAmount > this.#core.limits.sendBufferBytes) {
      this.#core.refused.add('SLOW_READER');
      this.cut({ code: CLOSE.policy, text: 'The device did not read what the hub sent it.' });
      return;
    }
    this.traffic.countOut(typeof data === 'string' ? Buffer.byteLength(data) : data.length);
    if (this.tap.isOpen) {
      this.tap.show('out', typeof data === 'string' ? 'text' : 'binary', data, this.#core.clock.now());
    }
    this.#socket.send(data);
  }

  /** Sends a ping now; resolves with the round trip, ms. Rejects with `NO_ANSWER` or `NOT_CONNECTED`. */
  ping(): Promise<number> {
    if (!this.isOpen) return Promise.reject(new FaultError('NOT_CONNECTED', 'The connection is closed.'));
    const { clock, timings } = this.#core;
    return new Promise((resolve, reject) => {
      const cancel = clock.after(timings.requestTimeoutMs, () =>
        reject(new FaultError('NO_ANSWER', 'The device did not answer the ping in time.')),
      );
      const payload = this.heartbeat.extra(clock.monotonic(), (rttMs) => {
        cancel();
        resolve(rttMs);
      });
      this.#sendPing(payload);
    });
  }

  /** Starts the closing handshake (RFC 6455 section 7.1.2); the socket is cut if the peer does not answer in time. */
  close(code: number, reason: string): void {
    if (this.#socket.readyState >= this.#socket.CLOSING || this.#closeSent) return;
    this.#closeSent = { code, reason, at: this.#core.clock.now() };
    this.#closedBy = 'hub';
    this.tap.show('out', 'close', closePayload(code, reason), this.#closeSent.at);
    this.traffic.countOut(2 + Buffer.byteLength(reason));
    this.#socket.close(code, reason);
    if (code === CLOSE.rateLimited) this.#expelled('flood');
    else this.#cutAfter(this.#core.timings.closeTimeoutMs);
    this.version++;
  }

  /** Ends a connection whose peer cannot be talked to any more. */
  cut(reason: StateReason): void {
    this.#cutReason ??= reason;
    this.#socket.terminate();
  }

  /** Closes with a code and, if the peer is gone, says why all the same. */
  closeLost(code: number): void {
    this.#cutReason = { code, text: describeCloseCode(code) };
    this.close(code, this.#cutReason.text);
    this.#socket.terminate();
  }

  /** Stops reading, so that TCP makes the peer wait; nobody is found missing meanwhile. */
  pause(): void {
    this.#intake.pause('history');
  }

  resume(): void {
    this.#pingedAt = this.#core.clock.monotonic();
    this.#intake.resume('history');
  }

  /** Stops reading until what waits to be sent is sent: for peers that get as much as they send. */
  pauseForOutput(): void {
    if (!this.#link.writableNeedDrain || !this.isOpen) return;
    this.#intake.pause('output');
    this.#link.once('drain', () => this.#intake.resume('output'));
  }

  /** Once a second: heartbeat and rates. */
  second(now: number, monotonic: number): void {
    if (this.closedAt === null) this.#contain(() => this.#second(now, monotonic));
  }

  #second(now: number, monotonic: number): void {
    this.traffic.second();
    const { timings } = this.#core;
    if (this.isOpen && !this.#intake.isPaused && monotonic - this.#pingedAt >= timings.pingEveryMs) {
      this.#pingedAt = monotonic;
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

  info(): SessionInfo {
    const { facts, traffic, heartbeat } = this;
    const endpoint = this.#endpoint;
    const isClosed = this.closedAt !== null;
    return {
      id: this.id,
      device: endpoint?.device ?? null,
      name: endpoint?.name ?? facts.address,
      endpoint: facts.endpoint,
      path: facts.path,
      state: isClosed ? 'offline' : (endpoint?.state ?? 'connecting'),
      reason: isClosed ? this.closeReason : (endpoint?.reason ?? null),
      address: facts.address,
      port: facts.port,
      agent: endpoint?.agent ?? facts.agent,
      protocol: this.protocol,
      tls: facts.tls?.version ?? null,
      openedAt: this.openedAt,
      closedAt: this.closedAt,
      lastFrameAt: this.lastFrameAt,
      rttMs: heartbeat.rttMs,
      pingsSent: heartbeat.pingsSent,
      pongsReceived: heartbeat.pongsReceived,
      missedPongs: heartbeat.missed,
      clockOffsetMs: endpoint?.clockOffsetMs ?? null,
      intervalMs: endpoint?.intervalMs ?? null,
      framesIn: traffic.framesIn,
      framesOut: traffic.framesOut,
      bytesIn: traffic.bytesIn,
      bytesOut: traffic.bytesOut,
      frameOverheadBytes: traffic.overheadBytes,
      handshakeBytes: facts.handshake.bytes,
      samplesIn: traffic.samplesIn,
      framesInPerSec: isClosed ? 0 : traffic.framesInPerSec,
      bytesInPerSec: isClosed ? 0 : traffic.bytesInPerSec,
      samplesInPerSec: isClosed ? 0 : traffic.samplesInPerSec,
      refused: this.refused,
    };
  }

  detail(): SessionDetail {
    const { request, response, startedAt, durationMs } = this.facts.handshake;
    const isClosing = this.#closeSent ?? this.#closeReceived ?? this.closedAt;
    return {
      ...this.info(),
      handshake: { request, response, startedAt, durationMs, cipher: this.facts.tls?.cipher ?? null },
      closing:
        isClosing === null
          ? null
          : { sent: this.#closeSent, received: this.#closeReceived, by: this.#closedBy },
    };
  }

  #message(data: Buffer, isBinary: boolean): void {
    this.lastFrameAt = this.#core.clock.now();
    this.traffic.countIn(data.length);
    if (this.tap.isOpen) this.tap.show('in', isBinary ? 'binary' : 'text', data, this.lastFrameAt);
    if (this.#closeSent) return;
    this.#endpoint?.message(data, isBinary);
    if (!this.#isKnown) this.#setRate();
  }

  /** A fault of ours in one connection must not end the hub for everybody: it ends that connection. */
  #contain(run: () => void): void {
    try {
      run();
    } catch (error) {
      const { id: session, facts } = this;
      logFault(
        this.#core.log,
        'SESSION_FAILED',
        'A connection could not be dealt with and is closed.',
        error,
        {
          session,
          address: facts.address,
          device: this.#endpoint?.device ?? null,
        },
      );
      this.#refuse('INTERNAL', 'The hub ran into a problem of its own.', CLOSE.internalError);
    }
  }

  /** Whoever waits to be let in is read at a trickle. */
  #setRate(): void {
    const state = this.#endpoint?.state;
    this.#isKnown = this.facts.endpoint === 'agent' && (state === 'online' || state === 'stale');
    const { bytesPerSec, waitingBytesPerSec } = this.#core.limits;
    this.#intake.bytesPerSec = this.#isKnown ? bytesPerSec : waitingBytesPerSec;
  }

  /** Says why, and closes. */
  #refuse(code: string, message: string, closeCode: number): void {
    if (!this.isOpen) return;
    this.refused++;
    this.#core.refused.add(code);
    this.send({ type: 'error', code, message });
    this.close(closeCode, message);
  }

  /** Nothing more of it is read: an answer to its close frame is not worth what else it sends. */
  #expelled(why: Strike): void {
    this.#intake.stop();
    if (!this.facts.isFromOtherSite) this.#core.penalties.strike(this.facts.address, why);
    this.#cutAfter(this.#core.timings.expelTimeoutMs);
  }

  #cutAfter(delayMs: number): void {
    this.#cancelCut ??= this.#core.clock.after(delayMs, () => this.#socket.terminate());
  }

  #control(): void {
    if (this.#controlFrames.take(1, this.#core.clock.monotonic())) return;
    this.#refuse('TOO_MANY_CONTROL_FRAMES', 'Too many pings or pongs a second.', CLOSE.rateLimited);
  }

  #ping(data: Buffer): void {
    this.lastFrameAt = this.#core.clock.now();
    this.traffic.countIn(data.length);
    this.traffic.countOut(data.length);
    this.tap.show('in', 'ping', data, this.lastFrameAt);
    this.tap.show('out', 'pong', data, this.lastFrameAt);
    this.#control();
  }

  #pong(data: Buffer): void {
    this.lastFrameAt = this.#core.clock.now();
    this.traffic.countIn(data.length);
    this.tap.show('in', 'pong', data, this.lastFrameAt);
    if (this.heartbeat.pong(data, this.#core.clock.monotonic())) this.#endpoint?.pong();
    else this.#control();
  }

  #sendPing(payload: Buffer): void {
    this.traffic.countOut(payload.length);
    this.tap.show('out', 'ping', payload, this.#core.clock.now());
    this.#socket.ping(payload);
  }

  #error(error: Error): void {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
    if (!code.startsWith('WS_ERR_')) return;
    this.refused++;
    this.#core.refused.add(code);
    const closeCode = closeCodeOf(code);
    this.#closedBy = 'hub';
    this.#closeSent ??= { code: closeCode, reason: '', at: this.#core.clock.now() };
    this.tap.show('out', 'close', closePayload(closeCode, ''), this.#core.clock.now());
    this.#expelled('broken frame');
  }

  #closed(code: number, reason: string): void {
    this.#cancelCut?.();
    this.facts.tls?.ended();
    const now = this.#core.clock.now();
    this.closedAt = now;
    if (code !== CLOSE.abnormal) {
      this.#closeReceived = { code, reason: displayText(reason, 123), at: now };
      this.tap.show('in', 'close', code === 1005 ? Buffer.alloc(0) : closePayload(code, reason), now);
      if (!this.#closeSent) {
        this.#closedBy = 'agent';
        this.#closeSent = { code, reason: '', at: now };
      }
    }
    const final = this.#cutReason?.code ?? (this.#closedBy === 'hub' ? this.#closeSent?.code : code) ?? code;
    this.closeReason = this.#cutReason ?? {
      code: final,
      text: typeof final === 'number' ? describeCloseCode(final) : 'The connection was closed.',
    };
    this.version++;
    try {
      this.#endpoint?.closed(this.closeReason);
    } finally {
      this.#onClosed(this);
    }
  }
}
