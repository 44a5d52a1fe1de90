import type { AxisScale } from '@shared/metrics/units';
import type { ChartMark } from './marks';
import type { Palette } from './palette';
import { xOf, yOf, type Viewport } from './polyline';
import { formatClock, tickLabel, tickStep } from './time-ticks';

const TICK_SPACING = 84;

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

/** Values inside the plot above their lines, times below it. */
export function drawAxisLabels(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  step: number,
  scale: AxisScale,
  palette: Palette,
): void {
  ctx.font = palette.font;
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'left';
  ctx.fillStyle = palette.text3;
  ctx.strokeStyle = palette.panel;
  ctx.lineWidth = 3;
  ctx.lineJoin = 'round';
  const decimals = scale.digits(step);
  const highest = Math.floor(view.high / step + 1e-6) * step;
  eachLevel(view, step, (value) => {
    // The baseline says itself what it is, unless it is not zero.
    if (value === 0 && view.low >= 0) return;
    const y = yOf(view, value);
    if (y > view.top + view.height - 1 && view.low >= 0 && value === 0) return;
    const suffix = scale.suffix === '%' || value === highest ? scale.suffix : '';
    const number = (value / scale.divisor).toFixed(decimals).replace('-', '\u2212');
    const text = suffix === '' ? number : `${number}\u202f${suffix}`;
    // A thin outline in the panel's colour keeps the words readable over lines.
    ctx.strokeText(text, view.left + 1, y - 4);
    ctx.fillText(text, view.left + 1, y - 4);
  });

  const every = tickStep(view.to - view.from, view.width, TICK_SPACING);
  const y = view.top + view.height + 15;
  ctx.textAlign = 'center';
  for (let time = Math.ceil(view.from / every) * every; time <= view.to; time += every) {
    const x = xOf(view, time);
    // Labels fade at the edges instead of being cut off there.
    const room = Math.min(x - view.left, view.left + view.width - x);
    ctx.globalAlpha = Math.max(0, Math.min(1, (room - 12) / 14));
    if (ctx.globalAlpha > 0) ctx.fillText(tickLabel(time, every), x, y);
  }
  ctx.globalAlpha = 1;
}

/** What happened: a dotted line down to a small mark on the time axis. */
export function drawMarks(
  ctx: CanvasRenderingContext2D,
  view: Viewport,
  marks: readonly ChartMark[],
  palette: Palette,
  dpr: number,
): void {
  const bottom = view.top + view.height;
  for (const mark of marks) {
    if (mark.at < view.from || mark.at > view.to) continue;
    const x = crisp(xOf(view, mark.at), dpr);
    const color =
      mark.level === 'error' ? palette.bad : mark.level === 'warning' ? palette.warn : palette.text3;
    ctx.strokeStyle = color;
    ctx.fillStyle = color;
    ctx.lineWidth = 1;
    ctx.globalAlpha = 0.75;
    ctx.setLineDash([1.5, 2.5]);
    ctx.beginPath();
    ctx.moveTo(x, view.top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
    ctx.beginPath();
    ctx.moveTo(x - 3.5, bottom + 5);
    ctx.lineTo(x + 3.5, bottom + 5);
    ctx.lineTo(x, bottom);
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
  const text = formatClock(time);
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
