import type { RefusedCounts } from '@shared/model';

/** Counts refusals by fault code. The codes are the hub's own, so the map stays small. */
export class RefusedCounter {
  readonly #counts = new Map<string, number>();

  add(code: string): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }

  all(): RefusedCounts {
    return Object.fromEntries(this.#counts);
  }
}
