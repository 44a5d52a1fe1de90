/** Samples sorted by time at `start <= i < end`, as a series buffer or a layer of a stack holds them. */
export interface Columns {
  readonly t: Float64Array;
  readonly v: Float64Array;
  readonly start: number;
  readonly end: number;
  lowerBound(time: number): number;
  /** Whether the line breaks between `i - 1` and `i`. */
  isGapBefore(i: number): boolean;
}

/** The rectangle of a picture in CSS pixels and what it shows. */
export interface Viewport {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Times at the left and the right edge, ms. */
  from: number;
  to: number;
  /** Values at the bottom and the top edge. */
  low: number;
  high: number;
  /** Time of one device pixel, ms. */
  pixelMs: number;
}

export const xOf = (view: Pick<Viewport, 'left' | 'width' | 'from' | 'to'>, time: number): number =>
  view.left + ((time - view.from) / (view.to - view.from)) * view.width;

export const yOf = (view: Viewport, value: number): number =>
  view.top + view.height - ((value - view.low) / (view.high - view.low)) * view.height;

/** Connected points in pixels; reused from picture to picture, so that painting makes no garbage. */
export class Polyline {
  x = new Float32Array(256);
  y = new Float32Array(256);
  length = 0;
  /** Where each connected part begins. */
  readonly parts: number[] = [];

  clear(): void {
    this.length = 0;
    this.parts.length = 0;
  }

  /** Where part `i` ends, exclusive. */
  endOf(i: number): number {
    return this.parts[i + 1] ?? this.length;
  }

  breakHere(): void {
    if (this.parts.at(-1) !== this.length) this.parts.push(this.length);
  }

  push(x: number, y: number): void {
    if (this.length === this.x.length) {
      this.x = grown(this.x);
      this.y = grown(this.y);
    }
    this.x[this.length] = x;
    this.y[this.length] = y;
    this.length++;
  }
}

function grown(from: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const to = new Float32Array(from.length * 2);
  to.set(from);
  return to;
}

/**
 * Samples as a line. Where several fall into one device pixel, it goes through the lowest and the highest of
 * them in the order in which they came: the same picture as through all, at a cost that the width bounds. `v` may
 * be another column of the same samples.
 */
export function trace(columns: Columns, view: Viewport, line: Polyline, v: Float64Array = columns.v): void {
  line.clear();
  const { t } = columns;
  // One sample beyond each edge, so that the line leaves the picture instead of ending in it.
  const first = Math.max(columns.start, columns.lowerBound(view.from) - 1);
  const last = Math.min(columns.end - 1, columns.lowerBound(view.to));
  if (last < first) return;
  const xScale = view.width / (view.to - view.from);
  const yScale = view.height / (view.high - view.low);
  const bottom = view.top + view.height;
  const x = (i: number) => view.left + ((t[i] as number) - view.from) * xScale;
  const y = (i: number) => bottom - ((v[i] as number) - view.low) * yScale;
  line.breakHere();

  if ((last - first) * view.pixelMs < 2 * (view.to - view.from)) {
    for (let i = first; i <= last; i++) {
      if (i > first && columns.isGapBefore(i)) line.breakHere();
      line.push(x(i), y(i));
    }
    return;
  }

  let pixel = NaN;
  let low = first;
  let high = first;
  const flush = () => {
    const early = Math.min(low, high);
    const late = Math.max(low, high);
    line.push(x(early), y(early));
    if (late > early) line.push(x(late), y(late));
  };
  for (let i = first; i <= last; i++) {
    const gap = i > first && columns.isGapBefore(i);
    // Pixels are counted from the epoch: a sample stays in its pixel while the picture scrolls.
    const at = Math.floor((t[i] as number) / view.pixelMs);
    if (at !== pixel || gap) {
      if (i > first) flush();
      if (gap) line.breakHere();
      pixel = at;
      low = high = i;
    } else {
      if ((v[i] as number) < (v[low] as number)) low = i;
      if ((v[i] as number) > (v[high] as number)) high = i;
    }
  }
  flush();
}

/** Strokes all parts with the present colour; a sample alone between two gaps becomes a dot. */
export function strokeLine(ctx: CanvasRenderingContext2D, line: Polyline, width: number, dpr: number): void {
  const { x, y } = line;
  const path = new Path2D();
  for (const [part, begin] of line.parts.entries()) {
    const end = line.endOf(part);
    path.moveTo(x[begin] as number, y[begin] as number);
    if (end - begin === 1) path.lineTo((x[begin] as number) + 0.01, y[begin] as number);
    for (let i = begin + 1; i < end; i++) path.lineTo(x[i] as number, y[i] as number);
  }
  if (dpr > 1) {
    ctx.lineWidth = width;
    ctx.stroke(path);
    return;
  }
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

/** Fills between a line and a level, or another line with the same times. */
export function fillUnder(ctx: CanvasRenderingContext2D, line: Polyline, under: Polyline | number): void {
  const { x, y } = line;
  ctx.beginPath();
  for (const [part, begin] of line.parts.entries()) {
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
