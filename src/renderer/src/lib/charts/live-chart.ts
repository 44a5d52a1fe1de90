import { Chart } from 'chart.js';
import type { Disposable } from '@shared/disposable';
import { drawCursor, drawScene, PLOT_BOTTOM, PLOT_TOP } from './draw-scene';
import type { Hover } from './hover';
import './live-controller';
import { paintWhileVisible, type Painter } from './paint-loop';
import type { Palette } from './palette';
import type { Viewport } from './polyline';
import { extentOf, type Scene } from './scene';

/** How often the range of values is looked at again while no data comes, ms. */
const EXTENT_EVERY_MS = 250;

export interface LiveChartOptions {
  canvas: HTMLCanvasElement;
  /** Lies over the other, for the cursor: following it must not repaint every chart of a page. */
  overlay: HTMLCanvasElement;
  scene: Scene;
  palette: Palette;
  hover: Hover;
}

/** A chart on a canvas that follows its scene: repainted on new data and whenever time has moved a pixel. */
export class LiveChart implements Painter, Disposable {
  readonly #canvas: HTMLCanvasElement;
  #chart: Chart | null = null;
  readonly #scene: Scene;
  readonly #hover: Hover;
  readonly #stop: () => void;
  #palette: Palette;
  readonly #overlay: HTMLCanvasElement;
  readonly #overlayCtx: CanvasRenderingContext2D | null;
  #dirty = true;
  #cursorDirty = false;
  #view: Viewport | null = null;
  #extentAt = 0;

  constructor({ canvas, overlay, scene, palette, hover }: LiveChartOptions) {
    this.#canvas = canvas;
    this.#overlay = overlay;
    this.#overlayCtx = overlay.getContext('2d');
    this.#scene = scene;
    this.#palette = palette;
    this.#hover = hover;
    this.#stop = paintWhileVisible(canvas, this);
  }

  /** What is on screen; null before the first picture. */
  get view(): Viewport | null {
    return this.#view;
  }

  set palette(palette: Palette) {
    this.#palette = palette;
    this.#dirty = true;
  }

  /** What is on screen is out of date. */
  touch(): void {
    this.#dirty = true;
  }

  /** Only the cursor is somewhere else. */
  touchCursor(): void {
    this.#cursorDirty = true;
  }

  isDue(): boolean {
    return this.#cursorDirty || this.#isPictureDue();
  }

  #isPictureDue(): boolean {
    return this.#dirty || this.#view?.to !== this.#scene.window(this.#pixels()).to;
  }

  paint(now: number): void {
    if (this.#isPictureDue()) this.#paintPicture(now);
    if (this.#cursorDirty) this.#paintCursor();
  }

  #paintPicture(now: number): void {
    const chart = this.#chart;
    if (this.#dirty || now - this.#extentAt > EXTENT_EVERY_MS) {
      this.#extentAt = now;
      const { low, high } = extentOf(this.#scene.lines(), this.#scene.window(this.#pixels()));
      this.#scene.yRange.update(low, high, now);
    }
    if (chart) chart.draw();
    else this.#chart = this.#build();
  }

  dispose(): void {
    this.#stop();
    this.#chart?.destroy();
    this.#chart = null;
  }

  /** With its first picture, when its turn has come: a page of charts at once would hold everything up. */
  #build(): Chart {
    const dataset = {
      clip: false as const,
      data: [],
      picture: { draw: (chart: Chart) => this.#draw(chart) },
    };
    return new Chart<'live', never[]>(this.#canvas, {
      type: 'live',
      data: { datasets: [dataset] },
      options: {
        animation: false,
        events: [],
        responsive: true,
        maintainAspectRatio: false,
        layout: { padding: { top: PLOT_TOP, bottom: PLOT_BOTTOM, left: 0, right: 0 } },
      },
    }) as unknown as Chart;
  }

  #pixels(): number {
    const chart = this.#chart;
    return chart ? chart.width * chart.currentDevicePixelRatio : this.#canvas.clientWidth * devicePixelRatio;
  }

  /** Chart.js calls it from its constructor already, so it must not rely on `#chart`. */
  #draw(chart: Chart): void {
    this.#dirty = false;
    const area = {
      left: 0,
      top: PLOT_TOP,
      width: chart.width,
      height: chart.height - PLOT_TOP - PLOT_BOTTOM,
    };
    this.#view = drawScene(chart.ctx, area, this.#scene, this.#palette, chart.currentDevicePixelRatio);
    this.#cursorDirty ||= this.#hover.time !== null;
  }

  #paintCursor(): void {
    this.#cursorDirty = false;
    const ctx = this.#overlayCtx;
    const view = this.#view;
    const chart = this.#chart;
    if (!ctx || !view || !chart) return;
    const { width, height, currentDevicePixelRatio: dpr } = chart;
    const pixels = { width: Math.round(width * dpr), height: Math.round(height * dpr) };
    if (this.#overlay.width !== pixels.width) this.#overlay.width = pixels.width;
    if (this.#overlay.height !== pixels.height) this.#overlay.height = pixels.height;
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    ctx.clearRect(0, 0, width, height);
    const { time } = this.#hover;
    if (time === null || time < view.from || time > view.to) return;
    drawCursor(ctx, view, this.#scene.lines(), time, this.#palette, dpr);
  }
}
