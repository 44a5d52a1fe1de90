import type { AxisScale } from '@shared/metrics/units';
import type { ChartMark } from './marks';
import type { Palette } from './palette';
import type { ChartThreshold } from './thresholds';
import { xOf, yOf, type Viewport } from './polyline';
import { formatMoment, isDayOrMore, midnights, tickLabel, tickStep, timeTicks } from './time-ticks';

const TICK_SPACING = 84;
/** Soft pixels at the very edge of a canvas come out red where a browser without a GPU has to smooth it. */
const LABEL_INSET = 4;
/** With more marks than this in a picture, only notes have lines: the rest would be a fence before the data. */
const MOST_MARK_LINES = 12;

/** Calls back with each value that has a grid line, the lowest first. */
function eachLevel(view: Viewport, step: number, visit: (value: number) => void): void {
  const first = Math.ceil(view.low / step - 1e-6);
  const last = Math.floor(view.high / step + 1e-6);
  for (let k = first; k <= last; k++) visit(k * step);
}

/** A position at which a line one device pixel wide is sharp. */
const crisp = (at: number, dpr: number): number => (Math.round(at * dpr) + 0.5) / dpr;

export function drawGrid(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  step: number,
  palette: Palette,
  dpr: number,
): void {
  ctx.strokeStyle = palette.line;
  ctx.lineWidth = 1 / dpr;
  ctx.beginPath();
  eachLevel(view, step, (value) => {
    const y = crisp(yOf(view, value), dpr);
    ctx.moveTo(view.left, y);
    ctx.lineTo(view.left + view.width, y);
  });
  if (view.low % step !== 0) {
    const y = crisp(view.top + view.height, dpr);
    ctx.moveTo(view.left, y);
    ctx.lineTo(view.left + view.width, y);
  }
  ctx.stroke();
}

/** A line where a day begins, unless each tick is one. */
export function drawDays(ctx: CanvasRenderingContext2D, view: Viewport, palette: Palette, dpr: number): void {
  if (isDayOrMore(tickStep(view.to - view.from, view.width, TICK_SPACING))) return;
  const days = midnights(view.from, view.to);
  if (days.length === 0) return;
  ctx.strokeStyle = palette.line2;
  ctx.lineWidth = 1 / dpr;
  ctx.beginPath();
  for (const day of days) {
    const x = crisp(xOf(view, day), dpr);
    ctx.moveTo(x, view.top);
    ctx.lineTo(x, view.top + view.height);
  }
  ctx.stroke();
}

/** Values inside the plot, above their lines. */
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
    // The baseline says itself what it is, unless it is not zero.
    if (value === 0 && view.low >= 0) return;
    const suffix = scale.suffix === '%' || value === highest ? scale.suffix : '';
    const number = (value / scale.divisor).toFixed(decimals).replace('-', '\u2212');
    const text = suffix === '' ? number : `${number}\u202f${suffix}`;
    const y = yOf(view, value) - 4;
    drawBacking(ctx, text, view.left + LABEL_INSET, y, palette);
    drawOutlined(ctx, text, view.left + LABEL_INSET, y, palette, palette.text2);
  });
}

/** Lines that pass behind words step back there. */
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

/** A thin outline in the panel's colour keeps words readable over lines. */
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

/** A dashed line across the plot for each value that matters and lies in sight. */
export function drawThresholds(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  thresholds: readonly ChartThreshold[],
  palette: Palette,
  dpr: number,
): void {
  ctx.lineWidth = Math.max(1, Math.round(dpr)) / dpr;
  ctx.lineCap = 'butt';
  for (const { value, level } of thresholds) {
    if (value < view.low || value > view.high) continue;
    ctx.strokeStyle = levelColor(level, palette);
    // Dashes count from the epoch, as samples do: they scroll with them.
    const devicePixel = Math.round(view.to / view.pixelMs);
    ctx.setLineDash([6 / dpr, 4 / dpr]);
    ctx.lineDashOffset = (-(devicePixel % 10) - 10) / dpr;
    const y = crisp(yOf(view, value), dpr);
    ctx.beginPath();
    ctx.moveTo(view.left + view.width, y);
    // Beyond the edge: where a dash is cut off must not depend on when it was drawn.
    ctx.lineTo(view.left - view.width, y);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  ctx.lineDashOffset = 0;
}

/** Their names, at the right end of their lines. */
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

/** Moments along the time axis, their baseline at `y`. */
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
    // Labels fade at the edges instead of being cut off there.
    const room = Math.min(x - view.left, view.left + view.width - x);
    ctx.globalAlpha = Math.max(0, Math.min(1, (room - 12) / 14));
    if (ctx.globalAlpha > 0) ctx.fillText(tickLabel(time, every), x, y);
  }
  ctx.globalAlpha = 1;
}

/** The user's own words stand out from what devices and the hub say. */
export function markColor(mark: ChartMark, palette: Palette): string {
  if (mark.note) return palette.accent;
  return mark.level === 'error' ? palette.bad : mark.level === 'warning' ? palette.warn : palette.text3;
}

/** Marks in sight, and whether each gets a line or only those that the user wrote. */
function marksIn(view: Viewport, marks: readonly ChartMark[]): { inView: ChartMark[]; allLines: boolean } {
  const inView = marks.filter(({ at }) => at >= view.from && at <= view.to);
  return { inView, allLines: inView.length <= MOST_MARK_LINES };
}

/** Whether every mark in sight has a line: where that changes, the whole picture does. */
export const haveAllLines = (view: Viewport, marks: readonly ChartMark[]): boolean =>
  marksIn(view, marks).allLines;

/** What happened: a dotted line through the plot. */
export function drawMarkLines(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  marks: readonly ChartMark[],
  palette: Palette,
  dpr: number,
): void {
  const { inView, allLines } = marksIn(view, marks);
  ctx.lineWidth = 1;
  ctx.globalAlpha = 0.75;
  ctx.setLineDash([1.5, 2.5]);
  for (const mark of inView) {
    if (!mark.note && !allLines) continue;
    const x = crisp(xOf(view, mark.at), dpr);
    ctx.strokeStyle = markColor(mark, palette);
    ctx.beginPath();
    ctx.moveTo(x, view.top);
    ctx.lineTo(x, view.top + view.height);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

/** The same on the time axis: a small triangle. */
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

/** The moment under the cursor, on the time axis. */
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
