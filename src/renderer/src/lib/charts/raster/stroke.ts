import { mix, type PixelBox, type Pixels } from './pixels';
import type { Polyline } from './polyline';

/** The radius of the dot for an isolated sample, CSS pixels. */
const DOT_RADIUS = 1.6;

/** Clamped, so that sums above 255 stay at 255. */
type Bytes = Uint8ClampedArray<ArrayBuffer>;

/**
 * How much of each pixel the current line covers, 0 to 255, in rows of `stride`; all zero between lines. The whole line
 * is collected first, so that parts sharing a pixel add up instead of showing through each other.
 */
let cover: Bytes = new Uint8ClampedArray(0);
/** The same bytes, four pixels at a time: most of them are zero. */
let words = new Int32Array(0);
let stride = 0;

/** Draws all parts of a line; an isolated sample between two gaps becomes a dot. CSS pixels. */
export function strokeLine(pixels: Pixels, line: Polyline, width: number, color: number): void {
  const { x, y, parts } = line;
  const { scale, top } = pixels;
  if (line.length === 0) return;
  makeRoom(pixels);
  const bytes = cover;
  const half = (width * scale) / 2;
  let low = Infinity;
  let high = -Infinity;
  for (let part = 0; part < parts.length; part++) {
    const begin = parts[part] as number;
    const end = line.endOf(part);
    let x0 = (x[begin] as number) * scale;
    let y0 = (y[begin] as number) * scale - top;
    if (y0 < low) low = y0;
    if (y0 > high) high = y0;
    if (end - begin === 1) coverDot(pixels, x0, y0, DOT_RADIUS * scale);
    for (let i = begin + 1; i < end; i++) {
      const x1 = (x[i] as number) * scale;
      const y1 = (y[i] as number) * scale - top;
      if (y1 < low) low = y1;
      else if (y1 > high) high = y1;
      coverPiece(pixels, bytes, x0, y0, x1, y1, half);
      x0 = x1;
      y0 = y1;
    }
  }
  const reach = Math.max(half * 1.5, DOT_RADIUS * scale) + 1;
  const first = (x[0] as number) * scale - reach;
  const last = (x[line.length - 1] as number) * scale + reach;
  const box = { left: first, right: last, top: low - reach, bottom: high + reach };
  flush(pixels, clipped(pixels, box), color);
}

function makeRoom({ width, height }: Pixels): void {
  stride = (width + 3) & ~3;
  if (words.length * 4 >= stride * height && words.length < stride * height) return;
  words = new Int32Array((stride * height) / 4);
  cover = new Uint8ClampedArray(words.buffer);
}

const clipped = ({ left, width, height }: Pixels, box: PixelBox): PixelBox => ({
  left: Math.max(left, Math.floor(box.left)),
  right: Math.min(width, Math.ceil(box.right)),
  top: Math.max(0, Math.floor(box.top)),
  bottom: Math.min(height, Math.ceil(box.bottom)),
});

function coverPiece(
  pixels: Pixels,
  bytes: Bytes,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  half: number,
): void {
  const { left, width, height } = pixels;
  const dx = x1 - x0;
  const dy = y1 - y0;
  const room = half * 1.5;
  const [high, low] = dy > 0 ? [y0, y1] : [y1, y0];
  const isInside = x0 >= left + room && x1 < width - room - 1 && high >= room && low < height - room - 1;
  if (dx >= low - high) {
    if (dx === 0) return;
    if (isInside) coverInside(bytes, x0, x1, y0, dy / dx, half, 1, stride);
    else coverAcross(pixels, x0, x1, y0, dy / dx, half, false);
  } else {
    const x = dy > 0 ? x0 : x1;
    if (isInside) coverInside(bytes, high, low, x, dx / dy, half, stride, 1);
    else coverAcross(pixels, high, low, x, dx / dy, half, true);
  }
}

/**
 * Adds the coverage of one row or column of a piece: `thickness` pixels starting at `begin`, both in 256ths, with
 * `share` of each in 256. `step` is the distance from one pixel to the next.
 */
function add(bytes: Bytes, at: number, step: number, begin: number, thickness: number, share: number): void {
  const room = 256 - (begin & 255);
  at += (begin >> 8) * step;
  if (thickness <= room) {
    bytes[at] = (bytes[at] as number) + ((thickness * share) >> 8);
    return;
  }
  bytes[at] = (bytes[at] as number) + ((room * share) >> 8);
  let rest = thickness - room;
  for (at += step; rest > 256; at += step, rest -= 256) bytes[at] = (bytes[at] as number) + share;
  bytes[at] = (bytes[at] as number) + ((rest * share) >> 8);
}

/**
 * Covers a piece inside the picture, cell by cell (column or row) along its main direction; in each cell it covers its
 * thickness in the other direction. `a0` to `a1` run along the cells, `b` is the position across them.
 */
function coverInside(
  bytes: Bytes,
  a0: number,
  a1: number,
  b: number,
  slope: number,
  half: number,
  along: number,
  across: number,
): void {
  const reach = half * Math.sqrt(1 + slope * slope);
  const thickness = (reach * 512 + 0.5) | 0;
  const first = a0 | 0;
  const last = a1 | 0;
  const origin = b - reach;
  if (first === last) {
    const share = ((a1 - a0) * 256 + 0.5) | 0;
    add(bytes, first * along, across, ((origin + ((a1 - a0) / 2) * slope) * 256) | 0, thickness, share);
    return;
  }
  const head = first + 1 - a0;
  add(
    bytes,
    first * along,
    across,
    ((origin + (head / 2) * slope) * 256) | 0,
    thickness,
    (head * 256 + 0.5) | 0,
  );
  let begin = (origin + (head + 0.5) * slope) * 256;
  const step = slope * 256;
  let at = (first + 1) * along;
  for (let cell = first + 1; cell < last; cell++, at += along, begin += step)
    add(bytes, at, across, begin | 0, thickness, 256);
  const tail = a1 - last;
  if (tail > 0)
    add(
      bytes,
      at,
      across,
      ((origin + (a1 - tail / 2 - a0) * slope) * 256) | 0,
      thickness,
      (tail * 256 + 0.5) | 0,
    );
}

/** Covers a piece that leaves the picture or extends beyond its edges; slower. */
function coverAcross(
  pixels: Pixels,
  a0: number,
  a1: number,
  b: number,
  slope: number,
  half: number,
  isSteep: boolean,
): void {
  const { left, width, height } = pixels;
  const [aLow, aHigh, bLow, bHigh] = isSteep ? [0, height, left, width] : [left, width, 0, height];
  const [along, across] = isSteep ? [stride, 1] : [1, stride];
  const reach = half * Math.sqrt(1 + slope * slope);
  const end = Math.min(aHigh, a1);
  for (let cell = Math.max(aLow, Math.floor(a0)); cell < end; cell++) {
    const from = Math.max(a0, cell);
    const to = Math.min(a1, cell + 1);
    const middle = b + ((from + to) / 2 - a0) * slope;
    const low = Math.max(bLow, middle - reach);
    const high = Math.min(bHigh, middle + reach);
    if (high <= low) continue;
    const share = ((to - from) * 256 + 0.5) | 0;
    add(cover, cell * along, across, (low * 256) | 0, ((high - low) * 256) | 0, share);
  }
}

function coverDot(pixels: Pixels, x: number, y: number, radius: number): void {
  const reach = radius + 1;
  const box = clipped(pixels, { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach });
  for (let row = box.top; row < box.bottom; row++) {
    for (let column = box.left; column < box.right; column++) {
      const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
      const at = row * stride + column;
      cover[at] = (cover[at] as number) + Math.max(0, Math.min(1, radius + 0.5 - distance)) * 255;
    }
  }
}

/** Colours the covered pixels and clears the coverage. */
function flush({ rgba, width }: Pixels, box: PixelBox, color: number): void {
  const bytes = cover;
  const fours = words;
  const perRow = stride >> 2;
  const first = box.left >> 2;
  const end = (box.right + 3) >> 2;
  for (let row = box.top; row < box.bottom; row++) {
    let at = row * width + (first << 2);
    for (let word = row * perRow + first; word < row * perRow + end; word++, at += 4) {
      if (fours[word] === 0) continue;
      const covered = word << 2;
      // Mix all four without testing whether each is covered: a mispredicted branch costs more than mixing.
      rgba[at] = mix(rgba[at] as number, color, wholeOf(bytes[covered] as number));
      rgba[at + 1] = mix(rgba[at + 1] as number, color, wholeOf(bytes[covered + 1] as number));
      rgba[at + 2] = mix(rgba[at + 2] as number, color, wholeOf(bytes[covered + 2] as number));
      rgba[at + 3] = mix(rgba[at + 3] as number, color, wholeOf(bytes[covered + 3] as number));
      fours[word] = 0;
    }
  }
}

/** Maps 0–255 to 0–256, so that 255 covers the whole pixel. */
const wholeOf = (share: number): number => share + (share >> 7);
