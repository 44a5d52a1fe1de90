import type { AxisScale } from '@shared/metrics/units';
import type { ChartMark } from './marks';
import { packed } from '../raster/packed-color';
import type { Palette } from '../looks/palette';
import type { Pixels } from '../raster/pixels';
import type { ChartThreshold } from './thresholds';
import { xOf, yOf, type Viewport } from '../raster/polyline';
import { formatMoment, isDayOrMore, midnights, tickLabel, tickStep, timeTicks } from './time-ticks';

const TICK_SPACING = 84;
/** Keeps labels off the canvas edge: without a GPU, smoothed pixels at the very edge come out red. */
const LABEL_INSET = 4;
/** If more marks than this are in view, only notes get lines; more lines would hide the data. */
const MOST_MARK_LINES = 12;
/** Dash length of a threshold line, device pixels. */
const DASH = 6;
const GAP = 4;
/** Dot size of a mark's line, CSS pixels, and the opacity of that line. */
const MARK_DOT = 1.5;
const MARK_GAP = 2.5;
const MARK_ALPHA = 0.7;

/** Calls back with each value that has a grid line, the lowest first. */
function eachLevel(view: Viewport, step: number, visit: (value: number) => void): void {
  const first = Math.ceil(view.low / step - 1e-6);
  const last = Math.floor(view.high / step + 1e-6);
  for (let k = first; k <= last; k++) visit(k * step);
}

/** Returns the position of a line one device pixel wide, counted from the edge of the canvas. */
const deviceAt = (at: number, dpr: number): number => Math.round(at * dpr);

const crisp = (at: number, dpr: number): number => (deviceAt(at, dpr) + 0.5) / dpr;

export function drawGrid(pixels: Pixels, view: Viewport, step: number, palette: Palette): void {
  const color = packed(palette.line);
  eachLevel(view, step, (value) => drawLevel(pixels, yOf(view, value), 1, color));
  if (view.low % step !== 0) drawLevel(pixels, view.top + view.height, 1, color);
}

function drawLevel(pixels: Pixels, y: number, thickness: number, color: number): void {
  const top = deviceAt(y, pixels.scale) - pixels.top - (thickness >> 1);
  pixels.rect({ left: 0, right: pixels.width, top, bottom: top + thickness }, color);
}

/** Draws a line at the start of each day, unless every tick is one. */
export function drawDays(pixels: Pixels, view: Viewport, palette: Palette): void {
  if (isDayOrMore(tickStep(view.to - view.from, view.width, TICK_SPACING))) return;
  const { scale } = pixels;
  const top = Math.round(view.top * scale) - pixels.top;
  for (const day of midnights(view.from, view.to)) {
    const left = deviceAt(xOf(view, day), scale);
    pixels.rect({ left, right: left + 1, top, bottom: pixels.height }, packed(palette.line2));
  }
}

/** Draws the value labels inside the plot, above their grid lines. */
export function drawValueLabels(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  step: number,
  scale: AxisScale,
  palette: Palette,
): void {
  const decimals = scale.digits(step);
  const highest = Math.floor(view.high / step + 1e-6) * step;
  eachLevel(view, step, (value) => {
    // The baseline needs no label unless it is not zero.
    if (value === 0 && view.low >= 0) return;
    const suffix = scale.suffix === '%' || value === highest ? scale.suffix : '';
    const number = (value / scale.divisor).toFixed(decimals).replace('-', '\u2212');
    const text = suffix === '' ? number : `${number}\u00a0${suffix}`;
    const y = yOf(view, value) - 4;
    drawBacking(ctx, text, view.left + LABEL_INSET, y, palette);
    drawOutlined(ctx, text, view.left + LABEL_INSET, y, palette, palette.text2);
  });
}

/** Dims the plot behind a label, so that the text stays readable over lines. */
function drawBacking(
  ctx: CanvasRenderingContext2D,
  text: string,
  x: number,
  baseline: number,
  palette: Palette,
): void {
  ctx.font = palette.font;
  ctx.fillStyle = palette.panel;
  ctx.globalAlpha = 0.7;
  ctx.fillRect(x - 2, baseline - 10, ctx.measureText(text).width + 4, 13);
  ctx.globalAlpha = 1;
}

/** Draws text with a thin outline in the panel's colour, which keeps it readable over lines. */
function drawOutlined(
  ctx: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  palette: Palette,
  color: string,
): void {
  ctx.font = palette.font;
  ctx.textBaseline = 'alphabetic';
  ctx.strokeStyle = palette.panel;
  ctx.lineWidth = 3;
  ctx.lineJoin = 'round';
  ctx.fillStyle = color;
  ctx.strokeText(text, x, y);
  ctx.fillText(text, x, y);
}

const levelColor = (level: ChartThreshold['level'], palette: Palette): string =>
  level === 'error' ? palette.bad : level === 'warning' ? palette.warn : palette.text3;

/** Draws a dashed line across the plot for each threshold in view. */
export function drawThresholds(
  pixels: Pixels,
  view: Viewport,
  thresholds: readonly ChartThreshold[],
  palette: Palette,
): void {
  const thickness = Math.max(1, Math.round(pixels.scale));
  // Dashes are counted from the epoch, as samples are, so they scroll with the samples.
  const begin = -(Math.round(view.from / view.pixelMs) % (DASH + GAP));
  for (const { value, level } of thresholds) {
    if (value < view.low || value > view.high) continue;
    const color = packed(levelColor(level, palette));
    const top = deviceAt(yOf(view, value), pixels.scale) - pixels.top - (thickness >> 1);
    for (let left = begin; left < pixels.width; left += DASH + GAP)
      pixels.rect({ left, right: left + DASH, top, bottom: top + thickness }, color);
  }
}

/** Draws the threshold names at the right end of their lines. */
export function drawThresholdLabels(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  thresholds: readonly ChartThreshold[],
  palette: Palette,
): void {
  ctx.textAlign = 'right';
  for (const { value, level, label } of thresholds) {
    if (label === '' || value < view.low || value > view.high) continue;
    const y = yOf(view, value);
    const above = y - 4 > view.top + 8;
    drawOutlined(
      ctx,
      label,
      view.left + view.width - 2,
      above ? y - 4 : y + 12,
      palette,
      levelColor(level, palette),
    );
  }
  ctx.textAlign = 'left';
}

/** Draws the time labels along the axis, with their baseline at `y`. */
export function drawTimes(
  ctx: CanvasRenderingContext2D,
  view: Pick<Viewport, 'left' | 'width' | 'from' | 'to'>,
  y: number,
  palette: Palette,
): void {
  const every = tickStep(view.to - view.from, view.width, TICK_SPACING);
  ctx.font = palette.font;
  ctx.fillStyle = palette.text3;
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'center';
  for (const time of timeTicks(view.from, view.to, every)) {
    const x = xOf(view, time);
    // Fade labels at the edges instead of cutting them off.
    const room = Math.min(x - view.left, view.left + view.width - x);
    ctx.globalAlpha = Math.max(0, Math.min(1, (room - 12) / 14));
    if (ctx.globalAlpha > 0) ctx.fillText(tickLabel(time, every), x, y);
  }
  ctx.globalAlpha = 1;
}

/** Returns the colour of a mark; the user's own notes stand out from events of devices and the hub. */
export function markColor(mark: ChartMark, palette: Palette): string {
  if (mark.note) return palette.accent;
  return mark.level === 'error' ? palette.bad : mark.level === 'warning' ? palette.warn : palette.text3;
}

/** Returns the marks in view, and whether each of them gets a line or only the user's notes do. */
function marksIn(view: Viewport, marks: readonly ChartMark[]): { inView: ChartMark[]; allLines: boolean } {
  const inView = marks.filter(({ at }) => at >= view.from && at <= view.to);
  return { inView, allLines: inView.length <= MOST_MARK_LINES };
}

/** Whether every mark in view has a line. If this changes, the whole picture must be repainted. */
export const haveAllLines = (view: Viewport, marks: readonly ChartMark[]): boolean =>
  marksIn(view, marks).allLines;

/** Draws a dotted line through the plot for each mark. */
export function drawMarkLines(
  pixels: Pixels,
  view: Viewport,
  marks: readonly ChartMark[],
  palette: Palette,
): void {
  const { inView, allLines } = marksIn(view, marks);
  const { scale, height } = pixels;
  const thickness = Math.max(1, Math.round(scale));
  const dot = Math.max(1, Math.round(MARK_DOT * scale));
  const pitch = dot + Math.max(1, Math.round(MARK_GAP * scale));
  for (const mark of inView) {
    if (!mark.note && !allLines) continue;
    const left = deviceAt(xOf(view, mark.at), scale) - (thickness >> 1);
    const color = packed(markColor(mark, palette));
    for (let top = Math.round(view.top * scale) - pixels.top; top < height; top += pitch)
      pixels.rect({ left, right: left + thickness, top, bottom: top + dot }, color, MARK_ALPHA);
  }
}

/** Draws a small triangle on the time axis for each mark. */
export function drawMarkTips(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  marks: readonly ChartMark[],
  palette: Palette,
  dpr: number,
): void {
  const top = view.top + view.height + 1.5;
  for (const mark of marks) {
    if (mark.at < view.from || mark.at > view.to) continue;
    const x = crisp(xOf(view, mark.at), dpr);
    ctx.fillStyle = markColor(mark, palette);
    ctx.beginPath();
    ctx.moveTo(x - 3.5, top + 5);
    ctx.lineTo(x + 3.5, top + 5);
    ctx.lineTo(x, top);
    ctx.closePath();
    ctx.fill();
  }
}

/** Writes the time under the cursor on the time axis. */
export function drawCursorTime(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  x: number,
  time: number,
  palette: Palette,
): void {
  const text = formatMoment(time, view.to - view.from);
  ctx.font = palette.font;
  ctx.textAlign = 'center';
  const half = ctx.measureText(text).width / 2 + 6;
  const center = Math.max(view.left + half, Math.min(view.left + view.width - half, x));
  const top = view.top + view.height + 2;
  ctx.fillStyle = palette.text;
  ctx.beginPath();
  ctx.roundRect(center - half, top, half * 2, 17, 4);
  ctx.fill();
  ctx.fillStyle = palette.panel;
  ctx.fillText(text, center, top + 12.5);
}
