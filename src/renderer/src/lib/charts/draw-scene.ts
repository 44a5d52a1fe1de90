import type { Palette } from './palette';
import { fillUnder, Polyline, strokeLine, trace, xOf, yOf, type Viewport } from './polyline';
import { nearestWithin, type Scene, type SceneLine } from './scene';
import { drawAxisLabels, drawCursorTime, drawGrid, drawMarks } from './draw-axes';

/** Room above the plot for the topmost label, and below it for the time axis; CSS pixels. */
export const PLOT_TOP = 16;
export const PLOT_BOTTOM = 20;
const LINE_WIDTH = 1.4;
/** From lowest to highest, in shares of the strength of an area; with many lines bands would hide each other. */
const BAND = 2.1;
const BAND_OF_MANY = 1.1;

/** Two are enough for everything: a line, and the edge below it. They are emptied before each use. */
const line = new Polyline();
const under = new Polyline();

export interface PlotArea {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Paints a whole chart but for the cursor: grid, areas, lines, marks and labels. Returns what it showed. */
export function drawScene(
  ctx: CanvasRenderingContext2D,
  area: PlotArea,
  scene: Scene,
  palette: Palette,
  dpr: number,
): Viewport {
  const { low, high, step, scale } = scene.yRange.current;
  const view: Viewport = { ...area, ...scene.window(area.width * dpr), low, high };
  const lines = scene.lines();

  drawGrid(ctx, view, step, palette, dpr);
  ctx.save();
  ctx.beginPath();
  ctx.rect(view.left, view.top - 2, view.width, view.height + 3);
  ctx.clip();
  // Round joins cost half as much again, and nobody sees them at this width.
  ctx.lineJoin = 'bevel';
  ctx.lineCap = 'round';
  if (scene.spec.style === 'stack' && lines.length > 1) drawStack(ctx, view, lines, palette, dpr);
  else drawLines(ctx, view, lines, palette, dpr, lines.length === 1 || scene.spec.series.length === 2);
  ctx.restore();

  drawMarks(ctx, view, scene.marks, palette, dpr);
  drawAxisLabels(ctx, view, step, scale, palette);
  return view;
}

function drawLines(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  lines: readonly SceneLine[],
  palette: Palette,
  dpr: number,
  areaUnderFirst: boolean,
): void {
  // The first line is the one that matters most: it comes last, on top of the others.
  for (let i = lines.length - 1; i >= 0; i--) {
    const { columns, slot } = lines[i] as SceneLine;
    const color = palette.series[slot] ?? palette.accent;
    const { min, max } = columns;
    if (min && max) {
      trace(columns, view, line, max);
      trace(columns, view, under, min);
      ctx.fillStyle = color;
      ctx.globalAlpha = palette.areaAlpha * (lines.length <= 3 ? BAND : BAND_OF_MANY);
      fillUnder(ctx, line, under);
      ctx.globalAlpha = 1;
    }
    trace(columns, view, line);
    if (i === 0 && areaUnderFirst) {
      ctx.fillStyle = color;
      ctx.globalAlpha = palette.areaAlpha;
      fillUnder(ctx, line, view.low < 0 && view.high > 0 ? yOf(view, 0) : view.top + view.height);
      ctx.globalAlpha = 1;
    }
    ctx.strokeStyle = color;
    strokeLine(ctx, line, LINE_WIDTH, dpr);
  }
}

function drawStack(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  lines: readonly SceneLine[],
  palette: Palette,
  dpr: number,
): void {
  for (let i = lines.length - 1; i >= 0; i--) {
    const { columns, slot } = lines[i] as SceneLine;
    const color = palette.series[slot] ?? palette.accent;
    trace(columns, view, line);
    const below = lines[i - 1];
    if (below) trace(below.columns, view, under);
    ctx.fillStyle = color;
    ctx.globalAlpha = palette.areaAlpha * 1.7;
    fillUnder(ctx, line, below ? under : view.top + view.height);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = color;
    strokeLine(ctx, line, LINE_WIDTH, dpr);
  }
}

/** Paints the cursor of a chart: a line, a dot on each series, and the moment on the time axis. */
export function drawCursor(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  lines: readonly SceneLine[],
  time: number,
  palette: Palette,
  dpr: number,
): void {
  const x = Math.round(xOf(view, time) * dpr) / dpr + 0.5 / dpr;
  ctx.strokeStyle = palette.text3;
  ctx.lineWidth = 1 / dpr;
  ctx.beginPath();
  ctx.moveTo(x, view.top);
  ctx.lineTo(x, view.top + view.height);
  ctx.stroke();
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = palette.panel;
  for (const { columns, slot } of lines) {
    const at = nearestWithin(columns, time);
    if (at < 0) continue;
    ctx.fillStyle = palette.series[slot] ?? palette.accent;
    ctx.beginPath();
    ctx.arc(xOf(view, columns.t[at] as number), yOf(view, columns.v[at] as number), 3.5, 0, 7);
    ctx.fill();
    ctx.stroke();
  }
  drawCursorTime(ctx, view, x, time, palette);
}
