import { signOf, type Sign } from '../looks/looks';
import { valueOn } from '../scene/nearest-line';
import { packed } from '../raster/packed-color';
import type { Palette } from '../looks/palette';
import { mix, type Pixels } from '../raster/pixels';
import { xOf, yOf, type Columns, type Viewport } from '../raster/polyline';

/** The distance between two signs of a line, CSS pixels. */
const EVERY = 76;
/**
 * The offset of each look's signs from those of the look before, as a share of that distance, so signs do not overlap.
 */
const AHEAD = 0.382;
/**
 * The distance from the middle of a sign to its edge, and the width of the outline around it in the background colour;
 * CSS pixels.
 */
export const SIGN_RADIUS = 3;
export const SIGN_OUTLINE = 1;
/** The line of the ring extends this far to either side of its radius, CSS pixels. */
export const RING_WIDTH = 1.5;
/** Corners and smoothed edges extend beyond the radius by this much, device pixels. */
const SOFT_EDGE = 2;

/** Returns how far signs extend from their position, device pixels: later drawing must not start closer to them. */
export function signReach(lines: readonly { slot: number }[], dpr: number): number {
  return lines.some(({ slot }) => signOf(slot) !== 'none')
    ? Math.ceil((SIGN_RADIUS + SIGN_OUTLINE) * dpr) + SOFT_EDGE
    : 0;
}

/**
 * Draws the signs of a line whose colour is already taken. Their positions are counted from the epoch in device pixels,
 * as samples are, so they scroll with the line and a continued picture draws only new ones.
 */
export function drawSigns(
  pixels: Pixels,
  { columns, slot }: { columns: Columns; slot: number },
  view: Viewport,
  { since, palette, stepped }: { since: number; palette: Palette; stepped: boolean },
): void {
  const sign = signOf(slot);
  if (sign === 'none') return;
  const { scale } = pixels;
  const color = packed(palette.series[slot] ?? palette.accent);
  const ground = packed(palette.panel);
  const period = Math.round(EVERY * scale) * view.pixelMs;
  const offset = Math.round(((slot * AHEAD) % 1) * EVERY * scale) * view.pixelMs;
  const from = since - signReach([{ slot }], scale) * view.pixelMs;
  for (let k = Math.ceil((from - offset) / period); ; k++) {
    const time = k * period + offset;
    if (time > view.to) break;
    const value = valueOn(columns, time, stepped);
    if (Number.isNaN(value)) continue;
    // Use the middle of a device pixel, so that a sign looks the same wherever the picture has scrolled to.
    const x = Math.round(xOf(view, time) * scale) + 0.5;
    drawSign(pixels, sign, x, yOf(view, value) * scale - pixels.top, color, ground);
  }
}

/** Draws one sign with a thin outline in the background colour, so that it stands out from lines; device pixels. */
function drawSign(
  { rgba, width, height, left, scale }: Pixels,
  sign: Sign,
  x: number,
  y: number,
  color: number,
  ground: number,
): void {
  const reach = (SIGN_RADIUS + SIGN_OUTLINE) * scale + SOFT_EDGE;
  const bottom = Math.min(height, Math.ceil(y + reach));
  const right = Math.min(width, Math.ceil(x + reach));
  for (let row = Math.max(0, Math.floor(y - reach)); row < bottom; row++) {
    for (let column = Math.max(left, Math.floor(x - reach)); column < right; column++) {
      const distance = distanceTo(sign, (column + 0.5 - x) / scale, (row + 0.5 - y) / scale);
      const shape = sign === 'ring' ? Math.abs(distance) - RING_WIDTH / 2 : distance;
      const around = sign === 'ring' ? distance : distance - SIGN_OUTLINE;
      const at = row * width + column;
      const grounded = mix(rgba[at] as number, ground, shareWithin(around * scale));
      rgba[at] = mix(grounded, color, shareWithin(shape * scale));
    }
  }
}

/** Returns the distance from a point to a sign's edge, CSS pixels; negative inside. */
function distanceTo(sign: Sign, x: number, y: number): number {
  if (sign === 'square') return Math.max(Math.abs(x), Math.abs(y)) - (SIGN_RADIUS - 0.4);
  if (sign === 'triangle') {
    // Two sides lean as much as half the base is to the height; the third is level.
    const half = SIGN_RADIUS + 0.4;
    const lean = Math.hypot(2 * SIGN_RADIUS, half);
    const side = (Math.abs(x) * 2 * SIGN_RADIUS - (y + half) * half) / lean;
    return Math.max(side, y - (SIGN_RADIUS - 0.4));
  }
  return Math.hypot(x, y) - (sign === 'ring' ? SIGN_RADIUS - 0.4 : SIGN_RADIUS);
}

/**
 * Returns how much of a device pixel, in 256ths, lies inside an edge that is this far from its middle; `distance` in
 * device pixels.
 */
const shareWithin = (distance: number): number => Math.round(Math.max(0, Math.min(1, 0.5 - distance)) * 256);
