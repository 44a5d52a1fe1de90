import { signOf, type Sign } from './looks';
import { valueOn } from './nearest-line';
import type { Palette } from './palette';
import { xOf, yOf, type Columns, type Viewport } from './polyline';

/** From one sign of a line to the next, CSS pixels. */
const EVERY = 76;
/** Signs of different lines stand beside each other: by so much of that distance each look is ahead of the one before. */
const AHEAD = 0.382;
/** From the middle of a sign to its edge, with its outline; CSS pixels. */
const RADIUS = 3;
const OUTLINE = 1;
/** Corners and smoothed edges stand out further, device pixels. */
const SOFT_EDGE = 2;

/** How far signs stand out of their place, device pixels: what is drawn later may begin no closer to them. */
export function signReach(lines: readonly { slot: number }[], dpr: number): number {
  return lines.some(({ slot }) => signOf(slot) !== 'none')
    ? Math.ceil((RADIUS + OUTLINE) * dpr) + SOFT_EDGE
    : 0;
}

/**
 * The signs of a line that repeats another's colour. Their places are counted from the epoch in device pixels, as
 * samples are: they scroll with the line, and a picture that goes on draws only those that are new.
 */
export function drawSigns(
  ctx: CanvasRenderingContext2D,
  { columns, slot }: { columns: Columns; slot: number },
  view: Viewport,
  { dpr, since, palette, stepped }: { dpr: number; since: number; palette: Palette; stepped: boolean },
): void {
  const sign = signOf(slot);
  if (sign === 'none') return;
  const period = Math.round(EVERY * dpr) * view.pixelMs;
  const offset = Math.round(((slot * AHEAD) % 1) * EVERY * dpr) * view.pixelMs;
  const from = since - signReach([{ slot }], dpr) * view.pixelMs;
  for (let k = Math.ceil((from - offset) / period); ; k++) {
    const time = k * period + offset;
    if (time > view.to) break;
    const value = valueOn(columns, time, stepped);
    if (Number.isNaN(value)) continue;
    // In the middle of a device pixel: the same sign is smoothed alike wherever the picture has scrolled to.
    const x = (Math.round(xOf(view, time) * dpr) + 0.5) / dpr;
    drawSign(ctx, sign, x, yOf(view, value), palette.panel);
  }
}

/** One sign in the present colour, with a thin outline in that of the ground, so that it stands out from lines. */
export function drawSign(
  ctx: CanvasRenderingContext2D,
  sign: Sign,
  x: number,
  y: number,
  ground: string,
): void {
  if (sign === 'none') return;
  const color = ctx.strokeStyle;
  ctx.beginPath();
  if (sign === 'square') ctx.rect(x - RADIUS + 0.4, y - RADIUS + 0.4, 2 * RADIUS - 0.8, 2 * RADIUS - 0.8);
  else if (sign === 'triangle') {
    ctx.moveTo(x, y - RADIUS - 0.4);
    ctx.lineTo(x + RADIUS + 0.4, y + RADIUS - 0.4);
    ctx.lineTo(x - RADIUS - 0.4, y + RADIUS - 0.4);
    ctx.closePath();
  } else ctx.arc(x, y, sign === 'ring' ? RADIUS - 0.4 : RADIUS, 0, 2 * Math.PI);
  if (sign === 'ring') {
    ctx.fillStyle = ground;
    ctx.lineWidth = 1.5;
    ctx.fill();
    ctx.stroke();
    ctx.fillStyle = color;
    return;
  }
  ctx.strokeStyle = ground;
  ctx.lineWidth = 2 * OUTLINE;
  ctx.stroke();
  ctx.fillStyle = ctx.strokeStyle = color;
  ctx.fill();
}

/** A piece of a line as legends show it: its colour, its dashes, its sign. `y` is its middle. */
export function drawSwatch(
  ctx: CanvasRenderingContext2D,
  { slot, dashed }: { slot: number; dashed: boolean },
  { x, y, width }: { x: number; y: number; width: number },
  palette: Palette,
): void {
  ctx.fillStyle = ctx.strokeStyle = palette.series[slot] ?? palette.accent;
  const piece = dashed ? (width - 2) / 2 : width;
  ctx.fillRect(x, y - 1, piece, 2);
  if (dashed) ctx.fillRect(x + width - piece, y - 1, piece, 2);
  drawSign(ctx, signOf(slot), x + width / 2, y, palette.panel);
}
