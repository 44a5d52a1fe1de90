import type { Disposable } from '@shared/disposable';
import type { Live } from '../hub/live.svelte';
import { paintWhileVisible, type Painter } from './paint-loop';
import { fillUnder, Polyline, strokeLine, trace, type Viewport } from './polyline';

/** Kept free around the line, so that its ends and peaks are not cut, CSS pixels. */
const INSET = 1.5;
const LINE_WIDTH = 1.25;
const AREA_ALPHA = 0.13;

const line = new Polyline();

export interface SparkOptions {
  live: Live;
  series: number | null;
  unit: string;
  min: number | null;
  max: number | null;
  color: string;
  paused: boolean;
}

/** A small chart without words. Hundreds of them share one loop; each paints only when it would look different. */
export class SparkChart implements Painter, Disposable {
  readonly #canvas: HTMLCanvasElement;
  readonly #ctx: CanvasRenderingContext2D | null;
  readonly #stop: () => void;
  #options: SparkOptions;
  #width = 0;
  #height = 0;
  #dpr = 1;
  #shownVersion = -1;
  #shownTo = 0;
  #dirty = true;

  constructor(canvas: HTMLCanvasElement, options: SparkOptions) {
    this.#canvas = canvas;
    this.#ctx = canvas.getContext('2d');
    this.#options = options;
    this.#stop = paintWhileVisible(canvas, this);
  }

  set options(options: SparkOptions) {
    this.#options = options;
    this.#dirty = true;
  }

  resize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.#dirty = true;
  }

  isDue(): boolean {
    if (this.#dirty || this.#dpr !== devicePixelRatio) return true;
    const { live, series, paused } = this.#options;
    if (paused || series === null) return false;
    const buffer = live.buffer(series);
    return (buffer?.version ?? -1) !== this.#shownVersion || this.#rightEdge() !== this.#shownTo;
  }

  paint(): void {
    const ctx = this.#ctx;
    const { live, series, color } = this.#options;
    if (!ctx || this.#width < 4 || this.#height < 4) return;
    this.#fitCanvas(ctx);
    this.#dirty = false;
    ctx.clearRect(0, 0, this.#width, this.#height);
    const buffer = series === null ? null : live.buffer(series);
    this.#shownVersion = buffer?.version ?? -1;
    this.#shownTo = this.#rightEdge();
    if (!buffer || buffer.length === 0) return;

    const to = this.#shownTo;
    const from = to - live.windowMs;
    const { low, high } = this.#rangeOf(buffer.v, buffer.lowerBound(from), buffer.end);
    const view: Viewport = {
      left: 0,
      top: INSET,
      width: this.#width,
      height: this.#height - 2 * INSET,
      from,
      to,
      low,
      high,
      pixelMs: this.#pixelMs(),
    };
    trace(buffer, view, line);
    ctx.lineJoin = 'bevel';
    ctx.lineCap = 'round';
    ctx.fillStyle = color;
    ctx.strokeStyle = color;
    ctx.globalAlpha = AREA_ALPHA;
    fillUnder(ctx, line, this.#height);
    ctx.globalAlpha = 1;
    strokeLine(ctx, line, LINE_WIDTH, this.#dpr);
  }

  dispose(): void {
    this.#stop();
  }

  #fitCanvas(ctx: CanvasRenderingContext2D): void {
    this.#dpr = devicePixelRatio;
    const width = Math.round(this.#width * this.#dpr);
    const height = Math.round(this.#height * this.#dpr);
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    ctx.setTransform(this.#dpr, 0, 0, this.#dpr, 0, 0);
  }

  #pixelMs(): number {
    return this.#options.live.windowMs / Math.max(1, this.#width * this.#dpr);
  }

  /** Moves by whole device pixels. */
  #rightEdge(): number {
    const pixelMs = this.#pixelMs();
    return Math.ceil(this.#options.live.now() / pixelMs) * pixelMs;
  }

  /** Room for the values in view: not so little that noise looks like news, not so much that all is flat. */
  #rangeOf(v: Float64Array, begin: number, end: number): { low: number; high: number } {
    const { min, max, unit } = this.#options;
    let low = Infinity;
    let high = -Infinity;
    for (let i = begin; i < end; i++) {
      const value = v[i] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low > high) return { low: 0, high: 1 };
    if (min !== null && max !== null) {
      return {
        low: min,
        high: Math.max(high, Math.min(max, Math.max(high * 1.25, min + (max - min) * 0.2))),
      };
    }
    if (low >= 0 && low <= high / 2) low = 0;
    const least = Math.max(Math.abs(high) * 0.1, unit.startsWith('By') ? 1_024 : 1e-9);
    const missing = Math.max(0, least - (high - low));
    const air = (high - low + missing) * 0.1;
    return { low: low === 0 ? 0 : low - missing / 2 - air, high: high + missing / (low === 0 ? 1 : 2) + air };
  }
}
