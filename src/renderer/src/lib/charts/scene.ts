import type { ChartSpec } from '@shared/metrics/chart-spec';
import type { Live } from '../hub/live.svelte';
import type { SeriesBuffer } from '../hub/series-buffer';
import type { ChartMark } from './marks';
import type { Columns } from './polyline';
import { Stack } from './stack';
import { YRange } from './y-range';

/** One line of a scene, from the bottom of a stack to its top or in the order of the legend. */
export interface SceneLine {
  id: number;
  slot: number;
  columns: Columns;
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
  /** Series that the legend switched off. */
  hidden: ReadonlySet<number> = new Set();
  slots: ReadonlyMap<number, number> = new Map();
  readonly #live: Live;
  readonly #stack = new Stack();
  #spec: ChartSpec;

  constructor(live: Live, spec: ChartSpec) {
    this.#live = live;
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
    const pixelMs = this.rangeMs / Math.max(1, pixels);
    const to = Math.ceil((this.until ?? this.#live.now()) / pixelMs) * pixelMs;
    return { from: to - this.rangeMs, to, pixelMs };
  }

  /** The lines that are switched on and have samples. */
  lines(): SceneLine[] {
    const lines: { id: number; slot: number; columns: SeriesBuffer }[] = [];
    for (const { id } of this.#spec.series) {
      const columns = this.hidden.has(id) ? null : this.#live.buffer(id);
      if (columns && columns.length > 0) lines.push({ id, slot: this.slots.get(id) ?? 1, columns });
    }
    if (this.#spec.style !== 'stack' || lines.length < 2) return lines;
    this.#stack.update(lines.map((line) => line.columns));
    return lines.map((line, i) => ({ ...line, columns: this.#stack.layers[i] ?? line.columns }));
  }

  /** The value of a series at a moment, or its newest; null where there is none within reach. */
  valueAt(id: number, time: number | null): number | null {
    const buffer = this.#live.buffer(id);
    if (!buffer || buffer.length === 0) return null;
    if (time === null) {
      // What left the picture long ago is not the present any more.
      const begin = (this.until ?? this.#live.now()) - this.rangeMs;
      return buffer.lastTime < begin ? null : buffer.lastValue;
    }
    const reach = Math.max(1_250, buffer.intervalMs());
    const at = buffer.nearest(time, reach);
    return at < 0 ? null : (buffer.v[at] ?? null);
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

/** The lowest and highest value of the lines within a window; infinite where there is none. */
export function extentOf(
  lines: readonly SceneLine[],
  { from, to }: TimeWindow,
): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const { columns } of lines) {
    const { v } = columns;
    const end = columns.lowerBound(to);
    for (let i = columns.lowerBound(from); i < end; i++) {
      const value = v[i] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { low, high };
}
