import type { Unsubscribe } from '@shared/disposable';

/**
 * Samples of one series, sorted by time, at `start <= i < end` of `t` (ms since the epoch) and `v`. The arrays
 * may be replaced between two pictures, so read them again for each.
 */
export interface SampleColumns {
  readonly t: Float64Array;
  readonly v: Float64Array;
  /** The lowest and highest values, if each value summarises a stretch of time. */
  readonly min?: Float64Array | undefined;
  readonly max?: Float64Array | undefined;
  readonly start: number;
  readonly end: number;
  /** Increases with every change, for caches. */
  readonly version: number;
  /**
   * The time from which the line may differ from that of an earlier `version`: infinity if it does not,
   * -infinity if all of it may. It lets a chart redraw only that part; without it everything is redrawn.
   */
  changedSince?(version: number): number;
  /** Returns the index of the first sample at or after `time`; `end` if there is none. */
  lowerBound(time: number): number;
  /** Whether the line breaks between `i - 1` and `i`. */
  isGapBefore(i: number): boolean;
  /** Returns the usual distance between two samples, ms; 0 while unknown. */
  intervalMs(): number;
}

/** The source of samples for charts: live samples, history, or both. Plain data, not reactive. */
export interface SampleSource {
  /** Returns the samples to draw for a series; null if the series is unknown. */
  buffer(id: number): SampleColumns | null;
  /** Returns the samples that contain the latest value, which may differ from those that are drawn. */
  newest(id: number): SampleColumns | null;
  /** Returns the moment at the right edge of a chart that follows the clock, ms since the epoch. */
  now(): number;
  /** Changes when the samples are replaced by different ones, not when they are only extended. */
  readonly generation: number;
  /** Called after samples were added or removed. */
  onFrame(listener: () => void): Unsubscribe;
}
