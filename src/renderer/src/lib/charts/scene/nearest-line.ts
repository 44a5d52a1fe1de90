import { yOf, type Columns, type Viewport } from '../raster/polyline';
import { nearestWithin } from './scene';

/** Returns a line's value at a time, interpolated between samples; NaN if there is none. */
export function valueOn(columns: Columns, time: number, stepped: boolean): number {
  const { t, v, start, end } = columns;
  const after = columns.lowerBound(time);
  if (after <= start || after >= end || columns.isGapBefore(after)) return NaN;
  const before = v[after - 1] as number;
  if (stepped) return before;
  const share = (time - (t[after - 1] as number)) / ((t[after] as number) - (t[after - 1] as number));
  return before + ((v[after] as number) - before) * share;
}

/** Returns the line closest to a point and its height there; null if none passes within `reach`, CSS pixels. */
export function nearestLine<T extends { columns: Parameters<typeof nearestWithin>[0] }>(
  lines: readonly T[],
  view: Viewport,
  { time, y, stepped }: { time: number; y: number; stepped: boolean },
  reach: number,
): { line: T; y: number } | null {
  let best: { line: T; y: number } | null = null;
  let bestDistance = reach;
  for (const line of lines) {
    const { columns } = line;
    let value = valueOn(columns, time, stepped);
    if (Number.isNaN(value)) {
      const at = nearestWithin(columns, time);
      if (at < 0) continue;
      value = columns.v[at] as number;
    }
    const lineY = yOf(view, value);
    const distance = Math.abs(lineY - y);
    // If lines coincide, the first one is on top.
    if (!(distance < bestDistance)) continue;
    best = { line, y: lineY };
    bestDistance = distance;
  }
  return best;
}
