import type { Columns, Polyline, Viewport } from './polyline';

/** Beyond this many samples per device pixel on average, a line is drawn by pixel instead of by sample. */
const DENSE_FROM = 2;
/** Start this many pixels before the picture, so that the clipped line looks the same at its edge. */
const LEAD_PIXELS = 2;

export interface TraceOptions {
  /** Another value column of the same samples. */
  v?: Float64Array | undefined;
  /** The values to keep in one pixel; the edges of a band need only one of them. */
  keep?: 'both' | 'lowest' | 'highest';
  /** A value holds until the next one: lines run level, then straight up or down. */
  stepped?: boolean | undefined;
  /** Traces only what may be visible from this time on, ms; defaults to the picture's left edge. */
  since?: number;
}

/** How dense the samples of a line are: sparse, more than one a pixel, or several in most pixels. */
export type Crowding = 'loose' | 'close' | 'dense';

export function crowdingOf(columns: Columns, view: Viewport): Crowding {
  const samples = columns.lowerBound(view.to) - columns.lowerBound(view.from);
  const perPixel = (samples * view.pixelMs) / (view.to - view.from);
  return perPixel >= DENSE_FROM ? 'dense' : perPixel > 1 ? 'close' : 'loose';
}

/**
 * Adds samples to a line. If several fall into one device pixel, the line goes through the lowest and the highest of
 * them in order of arrival: the same picture as through all of them, at a cost bounded by the width. The line breaks at
 * gaps and at values that are not numbers.
 */
export function trace(columns: Columns, view: Viewport, line: Polyline, options: TraceOptions = {}): void {
  const { v = columns.v, keep = 'both', stepped = false, since = view.from } = options;
  line.clear();
  line.breakHere();
  if (crowdingOf(columns, view) === 'dense') traceByPixel(columns, view, line, v, keep, stepped, since);
  else traceBySample(columns, view, line, v, stepped, since);
  line.finish();
}

function traceBySample(
  columns: Columns,
  view: Viewport,
  line: Polyline,
  v: Float64Array,
  stepped: boolean,
  since: number,
): void {
  const { t } = columns;
  // Include one sample beyond each edge, so that the line leaves the picture instead of ending in it.
  const first = Math.max(columns.start, columns.lowerBound(since) - 1);
  const last = Math.min(columns.end - 1, columns.lowerBound(view.to));
  const xScale = view.width / (view.to - view.from);
  const yScale = view.height / (view.high - view.low);
  const bottom = view.top + view.height;
  let level = 0;
  for (let i = first; i <= last; i++) {
    const value = v[i] as number;
    if (value !== value || (i > first && columns.isGapBefore(i))) line.breakHere();
    if (value !== value) continue;
    const x = view.left + ((t[i] as number) - view.from) * xScale;
    const y = bottom - (value - view.low) * yScale;
    if (stepped && !line.isBroken) line.push(x, level);
    line.push(x, y);
    level = y;
  }
}

function traceByPixel(
  columns: Columns,
  view: Viewport,
  line: Polyline,
  v: Float64Array,
  keep: 'both' | 'lowest' | 'highest',
  stepped: boolean,
  since: number,
): void {
  const { t } = columns;
  const { pixelMs, from, left } = view;
  // Pixels are counted from the epoch, so a sample stays in its pixel while the picture scrolls.
  const begin = (Math.floor(since / pixelMs) - LEAD_PIXELS) * pixelMs;
  const first = Math.max(columns.start, columns.lowerBound(begin) - 1);
  const last = Math.min(columns.end - 1, columns.lowerBound(view.to));
  const xScale = view.width / (view.to - from);
  const yScale = view.height / (view.high - view.low);
  const bottom = view.top + view.height;
  let pixelEnd = -Infinity;
  let low = -1;
  let high = -1;
  let lowest = 0;
  let highest = 0;
  let level = 0;

  const push = (i: number) => {
    const x = left + ((t[i] as number) - from) * xScale;
    const y = bottom - ((v[i] as number) - view.low) * yScale;
    if (stepped && !line.isBroken) line.push(x, level);
    line.push(x, y);
    level = y;
  };
  const flush = () => {
    if (low < 0) return;
    if (keep === 'lowest' || low === high) push(low);
    else if (keep === 'highest') push(high);
    else {
      push(low < high ? low : high);
      push(low < high ? high : low);
    }
    low = high = -1;
  };
  for (let i = first; i <= last; i++) {
    const value = v[i] as number;
    if (value !== value || (i > first && columns.isGapBefore(i))) {
      flush();
      line.breakHere();
      if (value !== value) continue;
    }
    const time = t[i] as number;
    if (time >= pixelEnd) {
      flush();
      pixelEnd = (Math.floor(time / pixelMs) + 1) * pixelMs;
    }
    if (low < 0) {
      low = high = i;
      lowest = highest = value;
    } else if (value < lowest) {
      low = i;
      lowest = value;
    } else if (value > highest) {
      high = i;
      highest = value;
    }
  }
  flush();
}
