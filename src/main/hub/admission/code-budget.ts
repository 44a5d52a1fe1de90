import type { Clock } from '@shared/clock';
import type { Limits } from '@shared/protocol/limits';
import { createFailureLimiter, type FailureLimiter } from '../bounds/failure-limiter';

const WINDOW_MS = 10 * 60_000;
/** From this share of all codes on, only addresses that asked rarely get one. */
const SCARCE_FROM = 0.75;
const RARELY = 5;
const EVERYBODY = 'all';

/**
 * How many digits to compare are given out, to one address and to all. A client that could request digits without limit
 * would eventually get those of a waiting device. The last of them are for addresses that asked rarely, so that a
 * crowd cannot use up what a newcomer needs.
 */
export class CodeBudget {
  readonly #codes: number;
  readonly #ofAddress: FailureLimiter;
  readonly #ofAll: FailureLimiter;

  constructor(clock: Clock, { codesPerAddress, codes }: Pick<Limits, 'codesPerAddress' | 'codes'>) {
    this.#codes = codes;
    this.#ofAddress = createFailureLimiter(clock, codesPerAddress, WINDOW_MS);
    this.#ofAll = createFailureLimiter(clock, codes, WINDOW_MS);
  }

  /** Takes one for this address; false when there is none left for it. */
  take(address: string): boolean {
    if (this.#ofAddress.waitMs(address) > 0 || this.#ofAll.waitMs(EVERYBODY) > 0) return false;
    const isScarce = this.#ofAll.count(EVERYBODY) >= this.#codes * SCARCE_FROM;
    if (isScarce && this.#ofAddress.count(address) >= RARELY) return false;
    this.#ofAddress.fail(address);
    this.#ofAll.fail(EVERYBODY);
    return true;
  }
}
