import type { SampleColumns } from '../../hub/sample-source';
import { Polyline, type Viewport } from '../raster/polyline';
import { trace } from '../raster/trace';

/** Space around the line, so that its ends and peaks are not cut off, CSS pixels. */
const INSET = 1.5;

const line = new Polyline();

/** The scale that the values of a sparkline are drawn against. */
export interface SparkScale {
  unit: string;
  min: number | null;
  max: number | null;
}

export interface SparkBox {
  /** CSS pixels. */
  width: number;
  height: number;
  top: number;
  /** Times at the left and right edges, ms, and the duration of one device pixel. */
  from: number;
  to: number;
  pixelMs: number;
}

/** Draws a sparkline as two SVG paths: the line and the area below it. Both are empty without samples. */
export function sparkShape(
  buffer: SampleColumns,
  scale: SparkScale,
  box: SparkBox,
): { line: string; area: string } {
  const { low, high } = rangeOf(buffer, scale, box.from);
  const view: Viewport = { ...box, left: 0, top: box.top + INSET, height: box.height - 2 * INSET, low, high };
  trace(buffer, view, line);
  const { x, y } = line;
  const bottom = box.top + box.height;
  let stroke = '';
  let area = '';
  for (const [part, begin] of line.parts.entries()) {
    const end = line.endOf(part);
    let points = '';
    for (let i = begin; i < end; i++) points += `${i > begin ? 'L' : ''}${tenths(x[i])} ${tenths(y[i])}`;
    // An isolated sample between two gaps becomes a dot.
    stroke += `M${points}${end - begin === 1 ? 'h.01' : ''}`;
    area += `M${tenths(x[begin])} ${bottom}L${points}V${bottom}Z`;
  }
  return { line: stroke, area };
}

/** Rounds to tenths of a pixel: finer than the eye can see, and short to write. */
function tenths(value: number | undefined): number {
  return Math.round((value ?? 0) * 10) / 10;
}

/**
 * Returns the vertical range for the visible values: wide enough that noise stays small, narrow enough that changes
 * show.
 */
function rangeOf(
  buffer: SampleColumns,
  { unit, min, max }: SparkScale,
  from: number,
): { low: number; high: number } {
  const { v, end } = buffer;
  let low = Infinity;
  let high = -Infinity;
  for (let i = buffer.lowerBound(from); i < end; i++) {
    const value = v[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { low: 0, high: 1 };
  if (min !== null && max !== null) {
    return { low: min, high: Math.max(high, Math.min(max, Math.max(high * 1.25, min + (max - min) * 0.2))) };
  }
  if (low >= 0 && low <= high / 2) low = 0;
  const least = Math.max(Math.abs(high) * 0.1, unit.startsWith('By') ? 1_024 : 1e-9);
  const missing = Math.max(0, least - (high - low));
  const air = (high - low + missing) * 0.1;
  return { low: low === 0 ? 0 : low - missing / 2 - air, high: high + missing / (low === 0 ? 1 : 2) + air };
}
