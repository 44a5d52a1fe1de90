import type { Polyline } from './polyline';

/** Of a dashed line and its gaps, CSS pixels. */
const DASH = [4, 3];
const NO_DASH: number[] = [];
/** Of a sample that stands alone, CSS pixels. */
const DOT_RADIUS = 1.6;

/** Strokes all parts with the present colour; a sample alone between two gaps becomes a dot. */
export function strokeLine(
  ctx: CanvasRenderingContext2D,
  line: Polyline,
  width: number,
  dpr: number,
  dashed = false,
): void {
  const path = pathOf(line);
  if (dashed) ctx.setLineDash(DASH);
  if (dpr > 1) {
    ctx.lineWidth = width;
    ctx.stroke(path);
  } else {
    // A line of one device pixel is six times cheaper to rasterise without a GPU than one only a little wider.
    // A second, fainter one beside it gives it the same weight for the eye.
    ctx.lineWidth = 1;
    ctx.stroke(path);
    ctx.globalAlpha = Math.min(1, width - 1);
    ctx.translate(-0.3, 0.4);
    ctx.stroke(path);
    ctx.translate(0.3, -0.4);
    ctx.globalAlpha = 1;
  }
  if (dashed) ctx.setLineDash(NO_DASH);
  drawDots(ctx, line);
}

function drawDots(ctx: CanvasRenderingContext2D, line: Polyline): void {
  const { x, y, parts } = line;
  for (let part = 0; part < parts.length; part++) {
    const at = parts[part] as number;
    if (line.endOf(part) - at !== 1) continue;
    ctx.fillStyle = ctx.strokeStyle;
    ctx.beginPath();
    ctx.arc(x[at] as number, y[at] as number, DOT_RADIUS, 0, 2 * Math.PI);
    ctx.fill();
  }
}

function pathOf(line: Polyline): Path2D {
  const { x, y, parts } = line;
  const path = new Path2D();
  for (let part = 0; part < parts.length; part++) {
    const begin = parts[part] as number;
    const end = line.endOf(part);
    path.moveTo(x[begin] as number, y[begin] as number);
    for (let i = begin + 1; i < end; i++) path.lineTo(x[i] as number, y[i] as number);
  }
  return path;
}

/** Fills between a line and a level, or another line that has the same parts. */
export function fillUnder(ctx: CanvasRenderingContext2D, line: Polyline, under: Polyline | number): void {
  const { x, y, parts } = line;
  ctx.beginPath();
  for (let part = 0; part < parts.length; part++) {
    const begin = parts[part] as number;
    const end = line.endOf(part);
    ctx.moveTo(x[begin] as number, y[begin] as number);
    for (let i = begin + 1; i < end; i++) ctx.lineTo(x[i] as number, y[i] as number);
    if (typeof under === 'number') {
      ctx.lineTo(x[end - 1] as number, under);
      ctx.lineTo(x[begin] as number, under);
    } else {
      const lower = under.parts[part] ?? under.length;
      for (let i = under.endOf(part) - 1; i >= lower; i--)
        ctx.lineTo(under.x[i] as number, under.y[i] as number);
    }
    ctx.closePath();
  }
  ctx.fill();
}
