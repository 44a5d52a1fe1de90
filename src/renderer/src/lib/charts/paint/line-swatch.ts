import { RING_WIDTH, SIGN_OUTLINE, SIGN_RADIUS } from './line-signs';
import { signOf, type Sign } from '../looks/looks';
import type { Palette } from '../looks/palette';

/**
 * Draws one sign in the current colour, with a thin outline in the background colour, so that it stands out from lines.
 */
function drawSign(ctx: CanvasRenderingContext2D, sign: Sign, x: number, y: number, ground: string): void {
  if (sign === 'none') return;
  const color = ctx.strokeStyle;
  ctx.beginPath();
  if (sign === 'square')
    ctx.rect(x - SIGN_RADIUS + 0.4, y - SIGN_RADIUS + 0.4, 2 * SIGN_RADIUS - 0.8, 2 * SIGN_RADIUS - 0.8);
  else if (sign === 'triangle') {
    ctx.moveTo(x, y - SIGN_RADIUS - 0.4);
    ctx.lineTo(x + SIGN_RADIUS + 0.4, y + SIGN_RADIUS - 0.4);
    ctx.lineTo(x - SIGN_RADIUS - 0.4, y + SIGN_RADIUS - 0.4);
    ctx.closePath();
  } else ctx.arc(x, y, sign === 'ring' ? SIGN_RADIUS - 0.4 : SIGN_RADIUS, 0, 2 * Math.PI);
  if (sign === 'ring') {
    ctx.fillStyle = ground;
    ctx.lineWidth = RING_WIDTH;
    ctx.fill();
    ctx.stroke();
    ctx.fillStyle = color;
    return;
  }
  ctx.strokeStyle = ground;
  ctx.lineWidth = 2 * SIGN_OUTLINE;
  ctx.stroke();
  ctx.fillStyle = ctx.strokeStyle = color;
  ctx.fill();
}

/** Draws a sample of a line as legends show it: its colour, its dashes, its sign. `y` is its middle. */
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
