import { drawCursorTime, drawThresholdLabels, drawValueLabels } from '../axes/draw-axes';
import type { Palette } from '../looks/palette';
import { xOf, yOf, type Viewport } from '../raster/polyline';
import { nearestWithin, type Scene, type SceneLine } from '../scene/scene';
import type { TimeSpan } from '../../time/time-view';

/** The content over a picture: text that stays in place while the picture scrolls, the cursor and the selection. */
export interface Overlay {
  view: Viewport;
  scene: Scene;
  palette: Palette;
  dpr: number;
  /** The time under the cursor, ms; null for none. */
  cursor: number | null;
  /** The span being selected. */
  selection: TimeSpan | null;
}

export function drawOverlay(ctx: CanvasRenderingContext2D, overlay: Overlay): void {
  const { view, scene, palette, dpr, cursor, selection } = overlay;
  if (selection) drawSelection(ctx, view, selection, palette, dpr);
  const { step, scale } = scene.yRange.current;
  ctx.textAlign = 'left';
  if (scene.hasValues) drawValueLabels(ctx, view, step, scale, palette);
  if (scene.thresholds.length > 0) drawThresholdLabels(ctx, view, scene.thresholds, palette);
  if (cursor === null || cursor < view.from || cursor > view.to) return;
  drawCursor(ctx, view, scene.lines(), cursor, palette, dpr);
}

function drawSelection(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  { from, to }: TimeSpan,
  palette: Palette,
  dpr: number,
): void {
  const left = Math.round(xOf(view, Math.max(view.from, from)) * dpr) / dpr;
  const right = Math.round(xOf(view, Math.min(view.to, to)) * dpr) / dpr;
  ctx.fillStyle = palette.accent;
  ctx.globalAlpha = 0.14;
  ctx.fillRect(left, view.top, right - left, view.height);
  ctx.globalAlpha = 0.8;
  ctx.fillRect(left, view.top, 1 / dpr, view.height);
  ctx.fillRect(right - 1 / dpr, view.top, 1 / dpr, view.height);
  ctx.globalAlpha = 1;
}

/** Draws a vertical line, a dot on each series, and the time on the time axis. */
function drawCursor(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  lines: readonly SceneLine[],
  time: number,
  palette: Palette,
  dpr: number,
): void {
  const x = (Math.round(xOf(view, time) * dpr) + 0.5) / dpr;
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
