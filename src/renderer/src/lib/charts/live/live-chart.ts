import { Chart } from 'chart.js';
import type { Disposable } from '@shared/disposable';
import type { TimeSpan } from '../../time/time-view';
import { drawOverlay } from '../paint/draw-overlay';
import type { Hover } from '../interact/hover';
import './live-controller';
import { paintWhileVisible, type Painter } from '../loop/paint-loop';
import type { Palette } from '../looks/palette';
import type { NiceRange } from '../axes/y-range';
import type { ChartThreshold } from '../axes/thresholds';
import type { Viewport } from '../raster/polyline';
import { extentOf, type Scene } from '../scene/scene';
import { PLOT_BOTTOM, PLOT_TOP, ScenePainter, type CanvasSize } from '../paint/scene-painter';

/** How often the range of all visible values is measured again, ms; new values are measured on arrival. */
const EXTENT_EVERY_MS = 500;

/**
 * Pictures that move a pixel less often than this move together: most of the cost is the browser's frame itself, not
 * the number of canvases that change in it.
 */
const BEAT_MS = 50;
/** The interval for users who prefer reduced motion. */
const CALM_BEAT_MS = 1_000;

export interface LiveChartOptions {
  canvas: HTMLCanvasElement;
  /** Lies over the main canvas and shows text and the cursor, so that moving the cursor does not repaint the chart. */
  overlay: HTMLCanvasElement;
  scene: Scene;
  palette: Palette;
  hover: Hover;
}

/** Everything that determines the text over a picture. */
interface OverlayWords extends CanvasSize {
  range: NiceRange;
  hasValues: boolean;
  thresholds: readonly ChartThreshold[];
  palette: Palette;
}

const isSame = (a: OverlayWords, b: OverlayWords): boolean =>
  a.range === b.range &&
  a.hasValues === b.hasValues &&
  a.width === b.width &&
  a.height === b.height &&
  a.dpr === b.dpr &&
  a.palette === b.palette &&
  a.thresholds === b.thresholds;

const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');
const beatMs = (): number => (reducedMotion.matches ? CALM_BEAT_MS : BEAT_MS);
const beatOf = (now: number): number => Math.floor(now / beatMs());

/** A chart on a canvas that follows its scene: repainted on new data and whenever time has moved a pixel. */
export class LiveChart implements Painter, Disposable {
  readonly #canvas: HTMLCanvasElement;
  readonly #scene: Scene;
  readonly #hover: Hover;
  readonly #stop: () => void;
  readonly #overlay: HTMLCanvasElement;
  readonly #overlayCtx: CanvasRenderingContext2D | null;
  readonly #painter = new ScenePainter();
  #chart: Chart | null = null;
  #palette: Palette;
  /** The parts that are out of date: the whole picture, the new samples, or the overlay. */
  #dirty = true;
  #dataDirty = false;
  #overlayDirty = true;
  /** The text that the overlay shows; null if it also shows a cursor or a selection. */
  #words: OverlayWords | null = null;
  #view: Viewport | null = null;
  #selection: TimeSpan | null = null;
  #extent = { low: Infinity, high: -Infinity };
  #extentAt = -Infinity;
  #beat = -1;

  constructor({ canvas, overlay, scene, palette, hover }: LiveChartOptions) {
    this.#canvas = canvas;
    this.#overlay = overlay;
    this.#overlayCtx = overlay.getContext('2d');
    this.#scene = scene;
    this.#palette = palette;
    this.#hover = hover;
    // Create the context before Chart.js does. It is opaque, because blending the canvas costs the browser a copy.
    const ctx = canvas.getContext('2d', { alpha: false });
    // An opaque canvas starts black; give it the background colour.
    if (ctx) {
      ctx.fillStyle = palette.panel;
      ctx.fillRect(0, 0, canvas.width, canvas.height);
    }
    this.#stop = paintWhileVisible(canvas, this);
  }

  /** The current view; null before the first picture. */
  get view(): Viewport | null {
    return this.#view;
  }

  set palette(palette: Palette) {
    this.#palette = palette;
    this.touch();
  }

  /** The span being selected. */
  set selection(span: TimeSpan | null) {
    this.#selection = span;
    this.#overlayDirty = true;
  }

  /** Marks the whole picture as out of date. */
  touch(): void {
    this.#dirty = true;
    this.#overlayDirty = true;
  }

  /** Marks the samples as changed. */
  touchData(): void {
    this.#dataDirty = true;
  }

  /** Marks only the cursor as moved. */
  touchCursor(): void {
    this.#overlayDirty = true;
  }

  isDue(now: number): boolean {
    if (this.#overlayDirty || this.#dirty) return true;
    const isBeat =
      beatOf(now) !== this.#beat || (!reducedMotion.matches && (this.#view?.pixelMs ?? 0) < BEAT_MS);
    return isBeat && this.#isPictureDue();
  }

  paint(now: number): void {
    if (this.#isPictureDue()) this.#paintPicture(now);
    if (this.#overlayDirty) this.#paintOverlay();
  }

  dispose(): void {
    this.#stop();
    this.#chart?.destroy();
    this.#chart = null;
  }

  /** Returns the whole picture with labels but without a cursor, on a new canvas; null before the first picture. */
  snapshot(): { canvas: HTMLCanvasElement; dpr: number } | null {
    const view = this.#view;
    const copy = document.createElement('canvas');
    copy.width = this.#canvas.width;
    copy.height = this.#canvas.height;
    const ctx = copy.getContext('2d');
    if (!ctx || !view || !this.#chart) return null;
    ctx.drawImage(this.#canvas, 0, 0);
    const { dpr } = this.#size(this.#chart);
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    drawOverlay(ctx, { ...this.#overlayOf(view, dpr), cursor: null, selection: null });
    return { canvas: copy, dpr };
  }

  #isPictureDue(): boolean {
    if (this.#dirty || this.#dataDirty) return true;
    // A window moved to a screen of another density changes the pixel ratio without a resize.
    if (this.#chart && this.#chart.currentDevicePixelRatio !== devicePixelRatio) return true;
    return this.#view?.to !== this.#scene.window(this.#pixels()).to;
  }

  #paintPicture(now: number): void {
    this.#measure(now);
    this.#beat = beatOf(now);
    const chart = this.#chart;
    if (!chart) {
      this.#chart = this.#build();
      return;
    }
    this.#dataDirty = false;
    if (chart.currentDevicePixelRatio !== devicePixelRatio) {
      // Set the ratio here, because Chart.js reads it only once.
      chart.options.devicePixelRatio = devicePixelRatio;
      chart.resize();
    }
    const size = this.#size(chart);
    const advanced = this.#dirty ? null : this.#painter.advance(chart.ctx, size, this.#scene, this.#palette);
    if (advanced) this.#show(advanced);
    else this.#draw(chart);
  }

  /** Measures the visible values; old values are measured again only now and then. */
  #measure(now: number): void {
    const window = this.#scene.window(this.#pixels());
    const lines = this.#scene.lines();
    const isOld = this.#dirty || now - this.#extentAt > EXTENT_EVERY_MS;
    const since = isOld ? -Infinity : this.#painter.changedSince(lines);
    const { low, high } = extentOf(lines, { from: Math.max(window.from, since), to: window.to });
    if (since === -Infinity) {
      this.#extentAt = now;
      this.#extent = { low, high };
    } else {
      this.#extent.low = Math.min(this.#extent.low, low);
      this.#extent.high = Math.max(this.#extent.high, high);
    }
    const hasValues = Number.isFinite(this.#extent.low) && Number.isFinite(this.#extent.high);
    if (hasValues !== this.#scene.hasValues) {
      this.#scene.hasValues = hasValues;
      this.touch();
    }
    const before = this.#scene.yRange.current;
    this.#scene.yRange.update(this.#extent.low, this.#extent.high, now);
    if (this.#scene.yRange.current !== before) this.#overlayDirty = true;
  }

  /**
   * Creates the chart with its first picture and not earlier: creating a page of charts at once would block the page.
   */
  #build(): Chart {
    const dataset = {
      clip: false as const,
      data: [],
      picture: {
        // The size has changed, so the overlay text must be drawn again.
        draw: (chart: Chart) => {
          this.#overlayDirty = true;
          this.#draw(chart);
        },
      },
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

  #size({ width, height, currentDevicePixelRatio: dpr }: Chart): CanvasSize {
    return { width, height, dpr };
  }

  /** Chart.js calls this from its constructor, so it must not rely on `#chart`. */
  #draw(chart: Chart): void {
    this.#dirty = false;
    this.#dataDirty = false;
    this.#show(this.#painter.paint(chart.ctx, this.#size(chart), this.#scene, this.#palette));
  }

  #show(view: Viewport): void {
    this.#view = view;
    this.#overlayDirty ||= this.#hover.time !== null || this.#selection !== null;
  }

  #overlayOf(view: Viewport, dpr: number) {
    return {
      view,
      scene: this.#scene,
      palette: this.#palette,
      dpr,
      cursor: this.#hover.time,
      selection: this.#selection,
    };
  }

  #paintOverlay(): void {
    this.#overlayDirty = false;
    const ctx = this.#overlayCtx;
    const view = this.#view;
    const chart = this.#chart;
    if (!ctx || !view || !chart) return;
    const { width, height, dpr } = this.#size(chart);
    const { thresholds, yRange, hasValues } = this.#scene;
    const words: OverlayWords = {
      width,
      height,
      dpr,
      thresholds,
      range: yRange.current,
      hasValues,
      palette: this.#palette,
    };
    const isMoving = this.#hover.time !== null || this.#selection !== null;
    if (!isMoving && this.#words && isSame(words, this.#words)) return;
    this.#words = isMoving ? null : words;
    const pixels = { width: Math.round(width * dpr), height: Math.round(height * dpr) };
    if (this.#overlay.width !== pixels.width) this.#overlay.width = pixels.width;
    if (this.#overlay.height !== pixels.height) this.#overlay.height = pixels.height;
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    ctx.clearRect(0, 0, width, height);
    drawOverlay(ctx, this.#overlayOf(view, dpr));
  }
}
