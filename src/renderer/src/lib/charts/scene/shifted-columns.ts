import type { SampleColumns } from '../../hub/sample-source';

/**
 * Samples shifted in time, to show an earlier period over the present one. Give it an id of its own in the spec, with
 * `dashed` and the `slot` of the series it is compared with, and let the source's `buffer(id)` return it. Keep one
 * instance for as long as its series is shown: it copies times only when they changed.
 */
export class ShiftedColumns implements SampleColumns {
  readonly #of: SampleColumns;
  readonly #byMs: number;
  #t = new Float64Array(0);
  #madeOf = -1;

  /** `byMs` is added to every time; a day to shift yesterday's samples to today. */
  constructor(of: SampleColumns, byMs: number) {
    this.#of = of;
    this.#byMs = byMs;
  }

  get t(): Float64Array {
    const { t, start, end, version } = this.#of;
    if (version !== this.#madeOf) {
      this.#madeOf = version;
      if (this.#t.length < end) this.#t = new Float64Array(t.length);
      for (let i = start; i < end; i++) this.#t[i] = (t[i] as number) + this.#byMs;
    }
    return this.#t;
  }
  get v(): Float64Array {
    return this.#of.v;
  }
  get min(): Float64Array | undefined {
    return this.#of.min;
  }
  get max(): Float64Array | undefined {
    return this.#of.max;
  }
  get start(): number {
    return this.#of.start;
  }
  get end(): number {
    return this.#of.end;
  }
  get version(): number {
    return this.#of.version;
  }

  changedSince(version: number): number {
    return (this.#of.changedSince?.(version) ?? -Infinity) + this.#byMs;
  }
  lowerBound(time: number): number {
    return this.#of.lowerBound(time - this.#byMs);
  }
  isGapBefore(i: number): boolean {
    return this.#of.isGapBefore(i);
  }
  intervalMs(): number {
    return this.#of.intervalMs();
  }
}
