import type { Unsubscribe } from '@shared/disposable';

/**
 * Samples of one series, sorted by time, at `start <= i < end` of `t` (ms since the epoch) and `v`. The arrays may
 * be replaced between two pictures: read them anew for each.
 */
export interface SampleColumns {
  readonly t: Float64Array;
  readonly v: Float64Array;
  /** Where each value sums up a stretch of time: the lowest and the highest in it. */
  readonly min?: Float64Array | undefined;
  readonly max?: Float64Array | undefined;
  readonly start: number;
  readonly end: number;
  /** Rises with every change, for caches. */
  readonly version: number;
  /**
   * From when on the line may look different from what it was at an earlier `version`: infinite where it does not,
   * -infinite where all of it may. With it a picture can go on where it was; without it everything is drawn anew.
   */
  changedSince?(version: number): number;
  /** The index of the first sample at or after `time`; `end` where there is none. */
  lowerBound(time: number): number;
  /** Whether the line breaks between `i - 1` and `i`. */
  isGapBefore(i: number): boolean;
  /** The usual distance between two samples, ms; 0 while unknown. */
  intervalMs(): number;
}

/** Where charts read from: live samples, history, or both. Plain data, outside of reactivity. */
export interface SampleSource {
  /** What to draw of a series; null where nothing is known of it. */
  buffer(id: number): SampleColumns | null;
  /** Where its latest value is, which need not be what is drawn. */
  newest(id: number): SampleColumns | null;
  /** The moment at the right edge of a picture that follows the clock, ms since the epoch. */
  now(): number;
  /** Changes when what is shown is something else altogether, and not only goes on. */
  readonly generation: number;
  /** Called after samples came or went. */
  onFrame(listener: () => void): Unsubscribe;
}
