import { AddressCounts } from '../bounds/address-counts';
import type { PushContext } from './push-context';
import { refusal, type PushRefusal } from './push-refusal';

const TOO_BUSY = refusal(503, 'TOO_BUSY', 'The hub is busy with too many pushes. Try again later.', 1);

/** Limits the pushes in progress, because each uses memory while its body arrives. */
export class PushTurns {
  readonly #context: PushContext;
  readonly #underWay = new AddressCounts();
  #total = 0;

  constructor(context: PushContext) {
    this.#context = context;
  }

  /** Admits a push, which must {@link leave} afterwards; or returns the reason why not. */
  enter(address: string): PushRefusal | null {
    const { limits, admission } = this.#context;
    const waitMs = admission.waitMs(address);
    if (waitMs > 0) {
      const message = 'Too many wrong tokens or keys came from this address. Try again later.';
      return refusal(429, 'TOO_MANY_FAILURES', message, Math.ceil(waitMs / 1_000));
    }
    const isFull = this.#total >= limits.pushes || this.#underWay.of(address) >= limits.pushesPerAddress;
    if (isFull) return TOO_BUSY;
    this.#total++;
    this.#underWay.add(address);
    return null;
  }

  leave(address: string): void {
    this.#total--;
    this.#underWay.remove(address);
  }
}
