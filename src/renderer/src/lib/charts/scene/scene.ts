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

/** Times at the left and the right edge of a picture, ms, and the time of one device pixel. */
export interface TimeWindow {
  from: number;
  to: number;
  pixelMs: number;
}

/**
 * What one chart shows now: which lines, of what time, in which range of values. Plain data between the feed
 * and the painter; nothing of it is reactive.
 */
export class Scene {
  readonly yRange: YRange;
  rangeMs = 300_000;
  /** The moment at the right edge; null follows the hub's clock. */
  until: number | null = null;
  marks: readonly ChartMark[] = [];
  thresholds: readonly ChartThreshold[] = [];
  /** Has the last word on the time while a gesture goes on. */
  lens: TimeLens | null = null;
  /** Series that the legend switched off. */
  hidden: ReadonlySet<number> = new Set();
  /** Series to bring out: the others step back. Null where all are equal. */
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

  /** The time shown by `pixels` device pixels, moved by whole ones only. */
  window(pixels: number): TimeWindow {
    const span = this.lens?.span ?? null;
    const rangeMs = span ? span.to - span.from : this.rangeMs;
    const pixelMs = rangeMs / Math.max(1, pixels);
    const edge = span?.to ?? this.until ?? this.#source.now();
    const to = Math.ceil(edge / pixelMs) * pixelMs;
    return { from: to - rangeMs, to, pixelMs };
  }

  /** The lines that are switched on and have samples. */
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

  /** The samples of one series as they are, not stacked on others. */
  columnsOf(id: number): SampleColumns | null {
    return this.#source.buffer(id);
  }

  /** The value of a series at a moment, or its newest; null where there is none within reach. */
  valueAt(id: number, time: number | null): number | null {
    if (time !== null) {
      const columns = this.#source.buffer(id);
      const at = columns ? nearestWithin(columns, time) : -1;
      return at < 0 ? null : (columns?.v[at] ?? null);
    }
    const columns = this.#source.newest(id);
    if (!columns) return null;
    const end = this.lens?.span?.to ?? this.until ?? this.#source.now();
    // Clocks differ a little: what came just now may say that it is of a moment from now.
    const last = (this.until === null && !this.lens?.span ? columns.end : columns.lowerBound(end)) - 1;
    // What left the picture long ago is not the present any more.
    if (last < columns.start || (columns.t[last] ?? 0) < end - this.rangeMs) return null;
    return columns.v[last] ?? null;
  }

  /** Whether nothing that is switched on has anything to show within `[from, to]`. */
  isEmptyWithin(from: number, to: number): boolean {
    return this.#spec.series.every(({ id }) => {
      const columns = this.hidden.has(id) ? null : this.#source.buffer(id);
      if (!columns) return true;
      const first = columns.lowerBound(from);
      if (first < columns.lowerBound(to)) return false;
      // A line may pass from one sample to the next without one in the picture.
      return first <= columns.start || first >= columns.end || columns.isGapBefore(first);
    });
  }

  /** The sum of what is switched on, at a moment or newest; null where no series has a value. */
  totalAt(time: number | null): number | null {
    let total: number | null = null;
    for (const { id } of this.#spec.series) {
      const value = this.hidden.has(id) ? null : this.valueAt(id, time);
      if (value !== null) total = (total ?? 0) + value;
    }
    return total;
  }
}

/** The closest a moment has to come to a sample to be about it, where samples come faster than that, ms. */
const LEAST_REACH_MS = 1_250;

/** The sample closest to a moment; -1 where the moment lies in a gap or outside. */
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
 * The lowest and highest value of the lines within `[from, to]`; infinite where there is none. Of a line that has no
 * sample there but goes through, what it comes to at both edges.
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

/** What the line between a sample and the one before it comes to at a moment. */
function between({ t, v }: SampleColumns, i: number, time: number): number {
  const [t0, t1] = [t[i - 1] as number, t[i] as number];
  const [v0, v1] = [v[i - 1] as number, v[i] as number];
  return t1 > t0 ? v0 + ((v1 - v0) * (time - t0)) / (t1 - t0) : v1;
}
