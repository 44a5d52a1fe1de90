import type { LostRows } from './queue';

/** Counts what a queue had to drop until the hub has been told. */
export class LostLedger {
  readonly #changed: (total: LostRows | null) => void;
  #fresh: LostRows | null;
  #told: LostRows | null = null;

  /** `changed` receives everything that the hub has not confirmed, to be stored. */
  constructor(kept: LostRows | null = null, changed: (total: LostRows | null) => void = () => {}) {
    this.#fresh = kept;
    this.#changed = changed;
  }

  add(lost: LostRows): void {
    this.#fresh = mergeLost(this.#fresh, lost);
    this.#changed(mergeLost(this.#told, this.#fresh));
  }

  /** What to report next; null while it is uncertain whether the last report arrived. */
  take(): LostRows | null {
    if (this.#told || !this.#fresh) return null;
    this.#told = this.#fresh;
    this.#fresh = null;
    return this.#told;
  }

  /** The report that was taken has arrived, or must be sent again. */
  finish(arrived: boolean): void {
    if (!this.#told) return;
    if (!arrived) this.#fresh = mergeLost(this.#told, this.#fresh);
    this.#told = null;
    if (arrived) this.#changed(this.#fresh);
  }
}

function mergeLost(a: LostRows | null, b: LostRows | null): LostRows | null {
  if (!a || !b) return a ?? b;
  return {
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    samples: a.samples + b.samples,
    // Times from two clocks cannot be corrected any more, so they are reported unchanged.
    settled: a.settled || b.settled,
  };
}
