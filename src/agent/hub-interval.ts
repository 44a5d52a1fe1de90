import type { Clock } from '@shared/clock';
import { AGENT_LIMITS } from '@shared/protocol/limits';
import { TokenBucket } from '@shared/token-bucket';

const LATER_MS = 60_000 / AGENT_LIMITS.intervalsPerMin;

/** The sampling interval that the hub wants. A hub that changes it all the time is obeyed less often. */
export class HubInterval {
  readonly #clock: Clock;
  readonly #apply: (intervalMs: number) => void;
  readonly #changes: TokenBucket;
  #wanted: number;
  #applied: number;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, intervalMs: number, apply: (intervalMs: number) => void) {
    this.#clock = clock;
    this.#apply = apply;
    this.#wanted = intervalMs;
    this.#applied = intervalMs;
    const { intervalsPerMin } = AGENT_LIMITS;
    this.#changes = new TokenBucket(intervalsPerMin / 60, intervalsPerMin, clock.monotonic());
  }

  want(intervalMs: number): void {
    this.#wanted = intervalMs;
    if (this.#cancel === null) this.#follow();
  }

  dispose(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #follow(): void {
    this.#cancel = null;
    if (this.#wanted === this.#applied) return;
    if (this.#changes.take(1, this.#clock.monotonic())) {
      this.#applied = this.#wanted;
      this.#apply(this.#wanted);
    } else this.#cancel = this.#clock.after(LATER_MS, () => this.#follow());
  }
}
