import type { Rectangle } from 'electron';
import * as v from 'valibot';

/** A window's saved position; `bounds` are those of the normal window, not the maximised one, in DIP. */
export interface WindowState {
  bounds: Rectangle;
  maximized: boolean;
}

export const MIN_SIZE = { width: 720, height: 480 } as const;
const DEFAULT_SIZE = { width: 1280, height: 820 } as const;
/** How much of the title bar must be on a display for the user to be able to drag the window. */
const GRIP = { width: 120, height: 32 } as const;

const whole = v.pipe(v.number(), v.integer());
export const windowStateSchema = v.object({
  bounds: v.object({ x: whole, y: whole, width: whole, height: whole }),
  maximized: v.boolean(),
});

/**
 * Fits saved bounds to the current displays: no larger than their display, and centred on the primary one if their
 * title bar could not be reached. `workAreas` starts with the primary display.
 */
export function fitBounds(remembered: Rectangle | null, workAreas: readonly Rectangle[]): Rectangle {
  const primary = workAreas[0] ?? { x: 0, y: 0, ...DEFAULT_SIZE };
  const home = remembered && workAreas.find((area) => isReachable(remembered, area));
  if (!remembered || !home) return centre(remembered ?? DEFAULT_SIZE, primary);
  const width = clamp(remembered.width, MIN_SIZE.width, home.width);
  const height = clamp(remembered.height, MIN_SIZE.height, home.height);
  const x = clamp(remembered.x, home.x + GRIP.width - width, home.x + home.width - GRIP.width);
  const y = clamp(remembered.y, home.y, home.y + home.height - GRIP.height);
  return { x, y, width, height };
}

function isReachable(bounds: Rectangle, area: Rectangle): boolean {
  const left = Math.max(bounds.x, area.x);
  const right = Math.min(bounds.x + bounds.width, area.x + area.width);
  const top = Math.max(bounds.y, area.y);
  const bottom = Math.min(bounds.y + GRIP.height, area.y + area.height);
  return right - left >= GRIP.width && bottom - top >= GRIP.height / 2;
}

function centre(size: { width: number; height: number }, area: Rectangle): Rectangle {
  const width = clamp(size.width, MIN_SIZE.width, area.width);
  const height = clamp(size.height, MIN_SIZE.height, area.height);
  return {
    x: Math.round(area.x + (area.width - width) / 2),
    y: Math.round(area.y + (area.height - height) / 2),
    width,
    height,
  };
}

/** If the display is smaller than the minimum size, the display's size is used. */
function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
