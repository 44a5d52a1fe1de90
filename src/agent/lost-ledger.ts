import type { LostRows } from './queue';

/** Counts what a queue had to drop until the hub was told of it. */
export class LostLedger {
  readonly #changed: (total: LostRows | null) => void;
  #fresh: LostRows | null;
  #told: LostRows | null = null;

  /** `changed` gets all that the hub has not confirmed hearing of, to be kept. */
  constructor(kept: LostRows | null = null, changed: (total: LostRows | null) => void = () => {}) {
    this.#fresh = kept;
    this.#changed = changed;
  }

  add(lost: LostRows): void {
    this.#fresh = mergeLost(this.#fresh, lost);
    this.#changed(mergeLost(this.#told, this.#fresh));
  }

  /** What there is to tell. Null while it is not certain that what was taken before arrived. */
  take(): LostRows | null {
    if (this.#told || !this.#fresh) return null;
    this.#told = this.#fresh;
    this.#fresh = null;
    return this.#told;
  }

  /** What was taken has arrived, or has to be told again. */
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
    // Times of two clocks cannot be put right any more; telling them as they are is the best there is.
    settled: a.settled || b.settled,
  };
}
