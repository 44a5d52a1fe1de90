import type { Clock } from '@shared/clock';
import type { FrameInfo } from '@shared/model';
import { FrameTap } from './frame-tap';
import { Traffic } from './traffic';

/** Counts the frames of one session and shows them to whoever inspects it. */
export class FrameLedger {
  readonly traffic = new Traffic();
  readonly tap = new FrameTap();
  /** When the latest frame arrived, ms since the epoch; before the first one, when the session was opened. */
  lastFrameAt: number;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.lastFrameAt = clock.now();
  }

  cameIn(opcode: FrameInfo['opcode'], payload: Buffer): void {
    this.lastFrameAt = this.#clock.now();
    this.traffic.countIn(payload.length);
    if (this.tap.isOpen) this.tap.show('in', opcode, payload, this.lastFrameAt);
  }

  wentOut(opcode: FrameInfo['opcode'], payload: Buffer | string): void {
    this.traffic.countOut(typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length);
    if (this.tap.isOpen) this.tap.show('out', opcode, payload, this.#clock.now());
  }
}
