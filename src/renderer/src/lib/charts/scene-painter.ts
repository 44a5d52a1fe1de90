import type { SampleColumns } from '../hub/sample-source';
import {
  drawDays,
  drawGrid,
  drawMarkLines,
  drawMarkTips,
  drawThresholds,
  drawTimes,
  haveAllLines,
} from './draw-axes';
import { drawSeries } from './draw-series';
import { signReach } from './line-signs';
import type { Palette } from './palette';
import type { Viewport } from './polyline';
import type { Scene, SceneLine } from './scene';
import { isDense } from './trace';
import type { NiceRange } from './y-range';

/** Room above the plot for the topmost label, and below it for the time axis; CSS pixels. */
export const PLOT_TOP = 16;
export const PLOT_BOTTOM = 20;
/** Of the first baseline below the plot. */
const TIMES_Y = 15;
/** Lines may stand out of the plot by half their width, CSS pixels. */
const OVERHANG = 2;
/** What is drawn at a moment reaches this far to its left, device pixels: half a line, and its soft edge. */
const REACH = 3;

/** The canvas in CSS pixels, and its device pixels per CSS pixel. */
export interface CanvasSize {
  width: number;
  height: number;
  dpr: number;
}

/** One line as it was drawn last. */
interface DrawnLine {
  id: number;
  columns: SampleColumns;
  version: number;
  dense: boolean;
}

/** The last picture: what the next one can go on from. */
interface Drawn {
  view: Viewport;
  size: CanvasSize;
  range: NiceRange;
  allMarkLines: boolean;
  lines: DrawnLine[];
}

/**
 * Paints a chart but for its cursor and its value labels: grid, areas, lines, marks and times. Where time has only
 * moved on, what is there already is shifted by whole device pixels and only the rest is drawn: the same picture, pixel
 * by pixel, for a fraction of the work.
 */
export class ScenePainter {
  #drawn: Drawn | null = null;

  /** Everything. The canvas is opaque: shifting what is on it is then a plain copy. */
  paint(ctx: CanvasRenderingContext2D, size: CanvasSize, scene: Scene, palette: Palette): Viewport {
    const view = viewOf(size, scene);
    const lines = scene.lines();
    ctx.fillStyle = palette.panel;
    ctx.fillRect(0, 0, size.width, size.height);
    paintPlot(ctx, view, lines, scene, palette, size.dpr, view.left, view.from);
    paintAxis(ctx, view, size, scene, palette);
    this.#remember(view, size, scene, lines);
    return view;
  }

  /** From when on lines are not what was drawn last; -infinite where all of them may be others. */
  changedSince(lines: readonly SceneLine[]): number {
    return this.#drawn ? changedSince(this.#drawn, lines) : -Infinity;
  }

  /** What is new on top of the last picture; null, and nothing done, where all of it has to be painted. */
  advance(ctx: CanvasRenderingContext2D, size: CanvasSize, scene: Scene, palette: Palette): Viewport | null {
    const drawn = this.#drawn;
    if (!drawn || drawn.size.width !== size.width || drawn.size.height !== size.height) return null;
    if (drawn.size.dpr !== size.dpr || drawn.range !== scene.yRange.current) return null;
    const view = viewOf(size, scene);
    const before = drawn.view;
    if (view.pixelMs !== before.pixelMs) return null;
    const shift = Math.round((view.to - before.to) / view.pixelMs);
    const columns = Math.round(size.width * size.dpr);
    if (shift < 0 || shift > columns / 2) return null;
    const lines = scene.lines();
    const since = changedSince(drawn, lines);
    if (since === -Infinity || lines.some((line, i) => isDense(line.columns, view) !== drawn.lines[i]?.dense))
      return null;
    if (haveAllLines(view, scene.marks) !== drawn.allMarkLines) return null;
    if (shift === 0 && since === Infinity) return view;
    const stale = Math.min(since, shift > 0 ? before.to : Infinity);
    const first = Math.floor((stale - view.from) / view.pixelMs) - REACH - signReach(lines, size.dpr);
    if (first >= columns) {
      this.#remember(view, size, scene, lines);
      return view;
    }
    if (first <= columns / 8) return null;
    const rows = plotRows(view, size.dpr);
    if (shift > 0) {
      const top = Math.floor((view.top - OVERHANG) * size.dpr);
      // Opaque over opaque and without smoothing: what is shifted stays what it was.
      ctx.imageSmoothingEnabled = false;
      ctx.drawImage(ctx.canvas, ...shifted(shift, columns, top, rows - top, size.dpr));
    }
    ctx.fillStyle = palette.panel;
    const left = first / size.dpr;
    ctx.fillRect(left, 0, size.width - left + 1, rows / size.dpr);
    if (shift > 0) ctx.fillRect(0, rows / size.dpr, size.width, size.height);
    const lead = view.from + (first - REACH) * view.pixelMs;
    paintPlot(ctx, view, lines, scene, palette, size.dpr, left, lead);
    if (shift > 0) paintAxis(ctx, view, size, scene, palette);
    this.#remember(view, size, scene, lines);
    return view;
  }

  #remember(view: Viewport, size: CanvasSize, scene: Scene, lines: readonly SceneLine[]): void {
    const drawn = (this.#drawn ??= {
      view,
      size,
      range: scene.yRange.current,
      allMarkLines: true,
      lines: [],
    });
    drawn.view = view;
    drawn.size = size;
    drawn.range = scene.yRange.current;
    drawn.allMarkLines = haveAllLines(view, scene.marks);
    drawn.lines.length = lines.length;
    for (let i = 0; i < lines.length; i++) {
      const { id, columns } = lines[i] as SceneLine;
      const dense = isDense(columns, view);
      const line = drawn.lines[i];
      if (line) Object.assign(line, { id, columns, version: columns.version, dense });
      else drawn.lines[i] = { id, columns, version: columns.version, dense };
    }
  }
}

function viewOf({ width, height, dpr }: CanvasSize, scene: Scene): Viewport {
  const { low, high } = scene.yRange.current;
  const { from, to, pixelMs } = scene.window(width * dpr);
  return {
    left: 0,
    top: PLOT_TOP,
    width,
    height: height - PLOT_TOP - PLOT_BOTTOM,
    low,
    high,
    from,
    to,
    pixelMs,
  };
}

/** From when on lines are not what was drawn. */
function changedSince(drawn: Drawn, lines: readonly SceneLine[]): number {
  if (lines.length !== drawn.lines.length) return -Infinity;
  let since = Infinity;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as SceneLine;
    const before = drawn.lines[i] as DrawnLine;
    // Dashes are counted from where a line begins.
    if (line.dashed || line.id !== before.id || line.columns !== before.columns) return -Infinity;
    if (line.columns.version !== before.version)
      since = Math.min(since, line.columns.changedSince?.(before.version) ?? -Infinity);
  }
  return since;
}

/** Device pixels of the plot from the top of the canvas, with the line that it stands on. */
const plotRows = ({ top, height }: Viewport, dpr: number): number => Math.round((top + height) * dpr) + 1;

/** Where the plot is taken from, in device pixels, and where it goes, in CSS pixels. */
const shifted = (by: number, columns: number, top: number, rows: number, dpr: number) =>
  [by, top, columns - by, rows, 0, top / dpr, (columns - by) / dpr, rows / dpr] as const;

/** What there is right of `left`, and of the lines what there is since `since`. */
function paintPlot(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  lines: readonly SceneLine[],
  scene: Scene,
  palette: Palette,
  dpr: number,
  left: number,
  since: number,
): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, view.top - OVERHANG, view.width - left + 1, view.height + OVERHANG + 1);
  ctx.clip();
  drawGrid(ctx, view, scene.yRange.current.step, palette, dpr);
  drawDays(ctx, view, palette, dpr);
  drawSeries(ctx, { view, lines, spec: scene.spec, palette, dpr, since, highlight: scene.highlight });
  if (scene.thresholds.length > 0) drawThresholds(ctx, view, scene.thresholds, palette, dpr);
  if (scene.marks.length > 0) drawMarkLines(ctx, view, scene.marks, palette, dpr);
  ctx.restore();
}

function paintAxis(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  { dpr }: CanvasSize,
  scene: Scene,
  palette: Palette,
): void {
  drawMarkTips(ctx, view, scene.marks, palette, dpr);
  drawTimes(ctx, view, view.top + view.height + TIMES_Y, palette);
}
