import type { ChartSpec } from '@shared/metrics/chart-spec';
import type { SampleColumns, SampleSource } from '../../hub/sample-source';
import type { ChartMark } from '../axes/marks';
import { Stack } from './stack';
import type { ChartThreshold } from '../axes/thresholds';
import type { TimeLens } from '../interact/time-lens';
import { YRange } from '../axes/y-range';

/** One line of a scene, from the bottom of a stack to its top or in the order of the legend. */
export interface SceneLine {
  id: number;
  slot: number;
  dashed: boolean;
  columns: SampleColumns;
}

/** The last value of a series in view. Times in ms. */
export interface LastValue {
  value: number;
  time: number;
  /** How long before the right edge it was, if that is longer than usual; otherwise 0. */
  ageMs: number;
}

/** Times at the left and right edges of a picture, ms, and the duration of one device pixel. */
export interface TimeWindow {
  from: number;
  to: number;
  pixelMs: number;
}

/**
 * The content of one chart: its lines, times and range of values. Plain data between the feed and the painter; none of
 * it is reactive.
 */
export class Scene {
  readonly yRange: YRange;
  rangeMs = 300_000;
  /** Whether any value is in view; without one, there is no range of values to draw an axis for. */
  hasValues = true;
  /** The time at the right edge; null follows the hub's clock. */
  until: number | null = null;
  marks: readonly ChartMark[] = [];
  thresholds: readonly ChartThreshold[] = [];
  /** Overrides the shown time during a gesture. */
  lens: TimeLens | null = null;
  /** Series switched off in the legend. */
  hidden: ReadonlySet<number> = new Set();
  /** Series to highlight; the others are dimmed. Null if all are equal. */
  highlight: ReadonlySet<number> | null = null;
  slots: ReadonlyMap<number, number> = new Map();
  readonly #source: SampleSource;
  readonly #stack = new Stack();
  #spec: ChartSpec;
  #generation = -1;

  constructor(source: SampleSource, spec: ChartSpec) {
    this.#source = source;
    this.#spec = spec;
    this.yRange = new YRange(spec);
  }

  get spec(): ChartSpec {
    return this.#spec;
  }

  set spec(spec: ChartSpec) {
    const before = this.#spec;
    this.#spec = spec;
    if (before.unit !== spec.unit || before.min !== spec.min || before.max !== spec.max)
      this.yRange.options = spec;
  }

  /** Returns the time window of `pixels` device pixels, moved in steps of whole pixels. */
  window(pixels: number): TimeWindow {
    const span = this.lens?.span ?? null;
    const rangeMs = span ? span.to - span.from : this.rangeMs;
    const pixelMs = rangeMs / Math.max(1, pixels);
    const edge = span?.to ?? this.until ?? this.#source.now();
    const to = Math.ceil(edge / pixelMs) * pixelMs;
    return { from: to - rangeMs, to, pixelMs };
  }

  /** Returns the lines that are switched on and have samples. */
  lines(): SceneLine[] {
    if (this.#source.generation !== this.#generation) {
      this.#generation = this.#source.generation;
      this.yRange.reset();
    }
    const lines: SceneLine[] = [];
    for (const { id, dashed = false } of this.#spec.series) {
      const columns = this.hidden.has(id) ? null : this.#source.buffer(id);
      if (!columns || columns.end <= columns.start) continue;
      lines.push({ id, slot: this.slots.get(id) ?? 1, dashed, columns });
    }
    if (this.#spec.style !== 'stack' || lines.length < 2) return lines;
    this.#stack.update(lines.map((line) => line.columns));
    return lines.map((line, i) => ({ ...line, columns: this.#stack.layers[i] ?? line.columns }));
  }

  /** Returns the samples of one series as they are, not stacked on others. */
  columnsOf(id: number): SampleColumns | null {
    return this.#source.buffer(id);
  }

  /** Returns the value of a series at a time, or the last in view if `time` is null; null if there is none. */
  valueAt(id: number, time: number | null): number | null {
    if (time === null) return this.lastInView(id)?.value ?? null;
    const columns = this.#source.buffer(id);
    const at = columns ? nearestWithin(columns, time) : -1;
    const value = at < 0 ? undefined : columns?.v[at];
    return value === undefined || Number.isNaN(value) ? null : value;
  }

  /**
   * Returns the last value of a series in the shown time: the newest sample, or the last that is drawn; null if nothing
   * is in view. `ageMs` is its distance from the right edge, 0 if that is no more than the series' usual pause.
   */
  lastInView(id: number): LastValue | null {
    const span = this.lens?.span ?? null;
    const to = span?.to ?? this.until ?? this.#source.now();
    const from = span?.from ?? to - this.rangeMs;
    // Clocks differ slightly: a sample that just arrived may have a time slightly in the future.
    const end = this.until === null && span === null ? Infinity : to;
    const last = lastOf(this.#source, id, from, end);
    if (!last) return null;
    const ageMs = to - last.time;
    return { value: last.value, time: last.time, ageMs: ageMs > last.pauseMs ? ageMs : 0 };
  }

  /** Returns the smallest age among the last values of the visible series; 0 if one is current or there is none. */
  leastAge(): number {
    let least = Infinity;
    for (const { id } of this.#spec.series) {
      const last = this.hidden.has(id) ? null : this.lastInView(id);
      if (last) least = Math.min(least, last.ageMs);
    }
    return Number.isFinite(least) ? least : 0;
  }

  /** Whether no visible line has anything to draw within `[from, to]`. */
  isEmptyWithin(from: number, to: number): boolean {
    return this.#spec.series.every(({ id }) => {
      const columns = this.hidden.has(id) ? null : this.#source.buffer(id);
      if (!columns) return true;
      const first = columns.lowerBound(from);
      if (first < columns.lowerBound(to)) return false;
      // A line may cross the picture between two samples outside it.
      return first <= columns.start || first >= columns.end || columns.isGapBefore(first);
    });
  }
}

/** A value counts as current for at least this long, ms: agents that send in batches are not late. */
const LEAST_PAUSE_MS = 15_000;
/** The same in pauses between samples. */
const USUAL_PAUSES = 3;

/** Returns the last value of a series within `[from, to)`: the newest sample or the last that is drawn. */
export function lastOf(
  source: SampleSource,
  id: number,
  from: number,
  to: number,
): { value: number; time: number; pauseMs: number } | null {
  const newest = lastWithin(source.newest(id), from, to);
  const drawn = lastWithin(source.buffer(id), from, to);
  return newest && (!drawn || newest.time >= drawn.time) ? newest : drawn;
}

/** Returns the last value within `[from, to)`, passing over gaps, and the longest usual pause after it. */
function lastWithin(
  columns: SampleColumns | null,
  from: number,
  to: number,
): { value: number; time: number; pauseMs: number } | null {
  if (!columns) return null;
  const { t, v, start } = columns;
  for (let i = (to === Infinity ? columns.end : columns.lowerBound(to)) - 1; i >= start; i--) {
    const time = t[i] as number;
    if (time < from) return null;
    const value = v[i] as number;
    if (Number.isNaN(value)) continue;
    return { value, time, pauseMs: Math.max(LEAST_PAUSE_MS, USUAL_PAUSES * columns.intervalMs()) };
  }
  return null;
}

/** The minimum reach of a sample, ms, for series whose samples are closer together than this. */
const LEAST_REACH_MS = 1_250;

/** Returns the index of the sample closest to a time; -1 if the time lies in a gap or outside the samples. */
export function nearestWithin(columns: SampleColumns, time: number): number {
  const { t, start, end } = columns;
  if (end === start) return -1;
  const after = columns.lowerBound(time);
  const toLeft = after > start ? time - (t[after - 1] as number) : Infinity;
  const toRight = after < end ? (t[after] as number) - time : Infinity;
  const open = toLeft === Infinity || toRight === Infinity || columns.isGapBefore(after);
  const reach = open ? Math.max(LEAST_REACH_MS, columns.intervalMs()) : Infinity;
  if (Math.min(toLeft, toRight) > reach) return -1;
  return toLeft <= toRight ? after - 1 : after;
}

/**
 * Returns the lowest and highest values of the lines within `[from, to]`; infinite if there are none. A line that
 * crosses the window without a sample in it counts with its values at both edges.
 */
export function extentOf(
  lines: readonly SceneLine[],
  { from, to }: Pick<TimeWindow, 'from' | 'to'>,
): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const { columns } of lines) {
    const { v, min = v, max = v, start } = columns;
    const begin = columns.lowerBound(from);
    const end = columns.lowerBound(to);
    for (let i = begin; i < end; i++) {
      if ((min[i] as number) < low) low = min[i] as number;
      if ((max[i] as number) > high) high = max[i] as number;
    }
    if (begin < end || begin <= start || end >= columns.end || columns.isGapBefore(end)) continue;
    for (const time of [from, to]) {
      const value = between(columns, end, time);
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { low, high };
}

/** Returns the interpolated value at a time between a sample and the one before it. */
function between({ t, v }: SampleColumns, i: number, time: number): number {
  const [t0, t1] = [t[i - 1] as number, t[i] as number];
  const [v0, v1] = [v[i - 1] as number, v[i] as number];
  return t1 > t0 ? v0 + ((v1 - v0) * (time - t0)) / (t1 - t0) : v1;
}
