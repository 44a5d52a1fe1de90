import type { Clock } from '@shared/clock';
import type { FrameInfo } from '@shared/model';
import { FrameTap } from './frame-tap';
import { Traffic } from './traffic';

/** Keeps account of the frames of one session: counts each, and shows it to whoever inspects the session. */
export class FrameLedger {
  readonly traffic = new Traffic();
  readonly tap = new FrameTap();
  /** When the latest frame came, ms since the epoch; before the first, when the session was opened. */
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
