import type { SampleColumns } from '../../hub/sample-source';
import type { Viewport } from '../raster/polyline';

/** Page Up and Page Down move by this share of the visible range. */
const PAGE = 0.1;

/**
 * Returns the cursor's next position after a key press: arrows go to the previous or next sample, but at least one
 * pixel; Page Up and Page Down move by a tenth of the picture; Home and End go to its ends. Null for any other key.
 */
export function moveCursor(
  key: string,
  time: number | null,
  view: Viewport,
  columns: SampleColumns | null,
): number | null {
  const first = clampTo(view, columns ? (columns.t[columns.lowerBound(view.from)] ?? view.from) : view.from);
  const last = clampTo(view, columns ? (columns.t[columns.lowerBound(view.to) - 1] ?? view.to) : view.to);
  const at = time ?? last;
  const page = (view.to - view.from) * PAGE;
  switch (key) {
    case 'Home':
      return first;
    case 'End':
      return last;
    case 'PageUp':
      return Math.max(first, at - page);
    case 'PageDown':
      return Math.min(last, at + page);
    case 'ArrowLeft':
      return time === null ? last : clampTo(view, stepTo(at - view.pixelMs, -1, columns));
    case 'ArrowRight':
      return time === null ? last : clampTo(view, stepTo(at + view.pixelMs, 1, columns));
    default:
      return null;
  }
}

const clampTo = ({ from, to }: Viewport, time: number): number => Math.max(from, Math.min(to, time));

/** Returns the first sample at or beyond a time in that direction; the time itself if there is none. */
function stepTo(time: number, direction: -1 | 1, columns: SampleColumns | null): number {
  if (!columns) return time;
  const after = columns.lowerBound(time);
  const at = direction > 0 || columns.t[after] === time ? after : after - 1;
  return at >= columns.start && at < columns.end ? (columns.t[at] as number) : time;
}
