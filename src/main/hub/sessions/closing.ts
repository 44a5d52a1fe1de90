import { displayText } from '@shared/display-text';
import type { Clock } from '@shared/clock';
import type { CloseFrame, SessionDetail, StateReason } from '@shared/model';
import { Moment } from '@shared/moment';
import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import { closePayload } from './close-frames';
import type { FrameLedger } from './frame-ledger';
import type { HubWebSocket } from './hub-web-socket';

/** The most that a close frame's reason can hold, bytes (RFC 6455 section 5.5). */
const MAX_REASON_BYTES = 123;

/** The closing handshake of one connection (RFC 6455 section 7): the frames of both sides, and which side began. */
export class Closing {
  sent: CloseFrame | null = null;
  received: CloseFrame | null = null;
  by: NonNullable<SessionDetail['closing']>['by'] = 'network';
  /** Why the connection ended; null while it is open. */
  reason: StateReason | null = null;
  #endedAt: Moment | null = null;
  readonly #socket: HubWebSocket;
  readonly #frames: FrameLedger;
  readonly #clock: Clock;
  #cutReason: StateReason | null = null;
  #cancelCut: (() => void) | null = null;

  constructor(socket: HubWebSocket, frames: FrameLedger, clock: Clock) {
    this.#socket = socket;
    this.#frames = frames;
    this.#clock = clock;
  }

  /** Whether the connection has ended. */
  get isOver(): boolean {
    return this.#endedAt !== null;
  }

  /** When the connection ended, ms since the epoch. */
  get endedAt(): number | null {
    return this.#endedAt?.time ?? null;
  }

  /** Sends a close frame; false if one was already sent or the connection has ended. */
  begin(code: number, reason: string): boolean {
    if (this.#socket.readyState >= this.#socket.CLOSING || this.sent) return false;
    this.#begun(code, reason);
    this.#socket.close(code, reason);
    return true;
  }

  /** Sends the close frame for a peer's frame that broke the protocol. */
  beginForBrokenFrame(code: number, reason: string): void {
    this.#begun(code, reason);
    this.#socket.closeBroken(reason);
  }

  /** Cuts the connection without waiting for an answer; the first reason counts. */
  cut(reason: StateReason): void {
    this.#cutReason ??= reason;
    this.#socket.terminate();
  }

  /** Cuts the connection if the peer takes longer than this to answer the close frame, ms. */
  cutAfter(delayMs: number): void {
    this.#cancelCut ??= this.#clock.after(delayMs, () => this.#socket.terminate());
  }

  /** Records that the connection has ended, with the peer's close frame as `ws` reports it. Returns the reason. */
  ended(code: number, reason: string): StateReason {
    this.#cancelCut?.();
    this.#endedAt = new Moment(this.#clock);
    if (code !== CLOSE.abnormal) {
      const at = this.#clock.now();
      this.received = { code, reason: displayText(reason, MAX_REASON_BYTES), at };
      const payload = code === CLOSE.noStatus ? Buffer.alloc(0) : closePayload(code, reason);
      this.#frames.tap.show('in', 'close', payload, at);
      if (!this.sent) {
        this.by = 'agent';
        this.sent = { code, reason: '', at };
      }
    }
    this.reason = this.#cutReason ?? this.#reasonFor(code);
    return this.reason;
  }

  #begun(code: number, reason: string): void {
    this.by = 'hub';
    this.sent ??= { code, reason, at: this.#clock.now() };
    this.#frames.wentOut('close', closePayload(code, reason));
  }

  #reasonFor(code: number): StateReason {
    const final = (this.by === 'hub' ? this.sent?.code : code) ?? code;
    const text = describeCloseCode(final);
    // This code alone says little, so the reason names the rule that was broken.
    const rule = this.by === 'hub' && final === CLOSE.protocolError ? this.sent?.reason : '';
    return { code: final, text: rule ? `${text.replace(/\.$/, '')}: ${rule}.` : text };
  }
}
