import type { Hover } from '../../lib/charts/interact/hover';
import { lastOf, nearestWithin } from '../../lib/charts/scene/scene';
import type { Line } from '../../lib/explore/lines';
import { statisticsOf, type Statistics } from '../../lib/explore/statistics';
import type { ViewSource } from '../../lib/explore/view-source';

/** A table row: a line and the values that it shows. */
export interface TableRow {
  line: Line;
  name: string;
  statistics: Statistics;
  /** The average of the earlier period; null if none is compared. */
  before: number | null;
  /** The value under the cursor; null if there is none. */
  atCursor: number | null;
}

/** A span that ends this close to now follows the clock, ms. */
const NEAR_NOW_MS = 5_000;

/** Returns the rows of the table for the visible time. */
export function tableRows(
  lines: readonly Line[],
  names: readonly string[],
  source: ViewSource,
  { from, to }: { from: number; to: number },
): TableRow[] {
  // A view that follows the clock includes what has just arrived, as the charts' legends do.
  const end = Math.abs(source.now() - to) < NEAR_NOW_MS ? Infinity : to;
  return lines.map((line, i) => ({
    line,
    name: names[i] ?? line.title,
    statistics: {
      ...statisticsOf(source.buffer(line.id), from, to),
      last: lastOf(source, line.id, from, end)?.value ?? null,
    },
    before: line.earlierId === null ? null : statisticsOf(source.buffer(line.earlierId), from, to).avg,
    atCursor: null,
  }));
}

export function valueAtCursor(line: Line, source: ViewSource, hover: Hover): number | null {
  const columns = hover.time === null ? null : source.buffer(line.id);
  const at = columns && hover.time !== null ? nearestWithin(columns, hover.time) : -1;
  return at < 0 ? null : (columns?.v[at] ?? null);
}
