import type { Live } from '../../hub/live.svelte';
import type { CalmPainter } from '../loop/calm-loop';
import { sparkShape, type SparkScale } from './spark-shape';

export interface SparkPaths {
  line: SVGPathElement;
  area: SVGPathElement;
}

/** The content of a sparkline: its series and its position in the picture. CSS pixels. */
export interface SparkOptions extends SparkScale {
  series: number;
  width: number;
  top: number;
  height: number;
}

/** Keeps one sparkline up to date; writes paths only if they would look different. */
export class SparkPainter implements CalmPainter {
  readonly #live: Live;
  readonly #paths: SparkPaths;
  #options: SparkOptions;
  #dirty = true;
  #shownVersion = -1;
  #shownTo = 0;
  #empty = true;

  constructor(live: Live, paths: SparkPaths, options: SparkOptions) {
    this.#live = live;
    this.#paths = paths;
    this.#options = options;
  }

  set options(options: SparkOptions) {
    // Never show the line of one series beside the name of another.
    if (options.series !== this.#options.series) this.#clear();
    this.#options = options;
    this.#dirty = true;
  }

  isDue(): boolean {
    const buffer = this.#live.buffer(this.#options.series);
    if (!buffer) return !this.#empty;
    return this.#dirty || buffer.version !== this.#shownVersion || this.#rightEdge() !== this.#shownTo;
  }

  isWrong(): boolean {
    return this.#dirty || this.#empty;
  }

  paint(): void {
    const { series, width, top, height } = this.#options;
    const buffer = this.#live.buffer(series);
    if (!buffer || buffer.length === 0 || width < 4) {
      this.#clear();
      return;
    }
    this.#dirty = false;
    this.#empty = false;
    this.#shownVersion = buffer.version;
    this.#shownTo = this.#rightEdge();
    const to = this.#shownTo;
    const from = to - this.#live.windowMs;
    const shape = sparkShape(buffer, this.#options, {
      width,
      top,
      height,
      from,
      to,
      pixelMs: this.#pixelMs(),
    });
    this.#paths.line.setAttribute('d', shape.line);
    this.#paths.area.setAttribute('d', shape.area);
  }

  #clear(): void {
    this.#dirty = false;
    this.#shownVersion = -1;
    if (this.#empty) return;
    this.#empty = true;
    this.#paths.line.removeAttribute('d');
    this.#paths.area.removeAttribute('d');
  }

  #pixelMs(): number {
    return this.#live.windowMs / Math.max(1, this.#options.width * devicePixelRatio);
  }

  /** Returns the time at the right edge, in steps of whole device pixels. */
  #rightEdge(): number {
    const pixelMs = this.#pixelMs();
    return Math.ceil(this.#live.now() / pixelMs) * pixelMs;
  }
}
