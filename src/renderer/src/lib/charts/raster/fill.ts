import { mix, type Pixels } from './pixels';
import type { Polyline } from './polyline';

/**
 * The difference in coverage between each pixel and the one above it; all zero between fills. Summed from the top, the
 * differences become areas.
 */
let edges = new Float32Array(0);
let sums = new Float32Array(0);
/** The rows that contain edges. */
let first = Infinity;
let last = -1;

/** Fills the area between a line and a level, or another line with the same parts. CSS pixels. */
export function fillUnder(
  pixels: Pixels,
  line: Polyline,
  under: Polyline | number,
  color: number,
  alpha: number,
): void {
  const { width, height, scale, top } = pixels;
  if (line.length === 0) return;
  if (edges.length < width * (height + 2)) edges = new Float32Array(width * (height + 2));
  if (sums.length < width) sums = new Float32Array(width);
  addEdge(pixels, line, 1);
  if (typeof under !== 'number') addEdge(pixels, under, -1);
  else {
    const y = under * scale - top;
    for (let part = 0; part < line.parts.length; part++) {
      const x0 = (line.x[line.parts[part] as number] as number) * scale;
      addPiece(pixels, x0, y, (line.x[line.endOf(part) - 1] as number) * scale, y, -1);
    }
  }
  flush(pixels, color, alpha);
}

function addEdge(pixels: Pixels, line: Polyline, sign: number): void {
  const { x, y, parts } = line;
  const { scale, top } = pixels;
  for (let part = 0; part < parts.length; part++) {
    const begin = parts[part] as number;
    const end = line.endOf(part);
    for (let i = begin + 1; i < end; i++) {
      const x0 = (x[i - 1] as number) * scale;
      const y0 = (y[i - 1] as number) * scale - top;
      addPiece(pixels, x0, y0, (x[i] as number) * scale, (y[i] as number) * scale - top, sign);
    }
  }
}

/** Adds a straight piece of an edge, column by column. */
function addPiece(pixels: Pixels, x0: number, y0: number, x1: number, y1: number, sign: number): void {
  const { left, width, height } = pixels;
  if (x1 <= x0) return;
  const slope = (y1 - y0) / (x1 - x0);
  const end = Math.min(width, x1);
  for (let column = Math.max(left, Math.floor(x0)); column < end; column++) {
    const from = x0 > column ? x0 : column;
    const to = x1 < column + 1 ? x1 : column + 1;
    const a = Math.max(0, Math.min(height, y0 + (from - x0) * slope));
    const b = Math.max(0, Math.min(height, y0 + (to - x0) * slope));
    const high = a < b ? a : b;
    const low = a < b ? b : a;
    const share = sign * (to - from);
    const begin = Math.floor(high);
    const until = Math.floor(low);
    if (begin < first) first = begin;
    if (until > last) last = until;
    for (let row = begin; row <= until; row++) {
      const above = high > row ? high : row;
      const below = low < row + 1 ? low : row + 1;
      const part = low > high ? (share * (below - above)) / (low - high) : share;
      const inside = part * ((above + below) / 2 - row);
      const at = row * width + column;
      edges[at] = (edges[at] as number) + part - inside;
      edges[at + width] = (edges[at + width] as number) + inside;
    }
  }
}

function flush({ rgba, width, height, left }: Pixels, color: number, alpha: number): void {
  sums.fill(0, left, width);
  const whole = alpha * 256;
  for (let row = first; row <= last + 1; row++) {
    for (let column = left; column < width; column++) {
      const at = row * width + column;
      const change = edges[at] as number;
      if (change !== 0) {
        sums[column] = (sums[column] as number) + change;
        edges[at] = 0;
      }
      const share = (Math.abs(sums[column] as number) * whole + 0.5) | 0;
      if (share > 0 && row < height) rgba[at] = mix(rgba[at] as number, color, share < 256 ? share : 256);
    }
  }
  first = Infinity;
  last = -1;
}
