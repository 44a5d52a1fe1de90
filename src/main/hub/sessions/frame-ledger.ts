import type { Clock } from '@shared/clock';
import type { FrameInfo } from '@shared/model';
import { FrameTap } from './frame-tap';
import { Traffic } from './traffic';

/** Counts the frames of one session and shows them to its inspectors. */
export class FrameLedger {
  readonly traffic = new Traffic();
  readonly tap = new FrameTap();
  readonly #clock: Clock;
  /** When the latest frame arrived, by the clock at that time. A `Moment` for each frame would be garbage. */
  #lastAt: number;
  #lastSteppedMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastAt = clock.now();
    this.#lastSteppedMs = clock.steppedMs;
  }

  /** When the latest frame arrived, ms since the epoch; before the first one, when the session was opened. */
  get lastFrameAt(): number {
    return this.#lastAt + this.#clock.steppedMs - this.#lastSteppedMs;
  }

  cameIn(opcode: FrameInfo['opcode'], payload: Buffer): void {
    this.#lastAt = this.#clock.now();
    this.#lastSteppedMs = this.#clock.steppedMs;
    this.traffic.countIn(payload.length);
    if (this.tap.isOpen) this.tap.show('in', opcode, payload, this.#lastAt);
  }

  wentOut(opcode: FrameInfo['opcode'], payload: Buffer | string): void {
    this.traffic.countOut(typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length);
    if (this.tap.isOpen) this.tap.show('out', opcode, payload, this.#clock.now());
  }
}
