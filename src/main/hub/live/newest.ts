import { counterRate } from '../samples/rates';
import type { Series } from '../series/series';

/** How many rows to search, from the newest back, for readings of a series that arrives with others. */
const LOOK_BACK_ROWS = 256;

interface Reading {
  t: number;
  v: number;
}

/**
 * Returns the newest value of a series at or after `since`, ms since the epoch: a rate per second for a counter. Null if
 * there is none. Reads only the last rows in memory, so that it is cheap enough for every series of a fleet.
 */
export function newestValue(series: Series, since: number): number | null {
  const isCounter = series.kind === 'counter';
  let best: { t: number; value: number } | null = null;
  for (const { sheet, column } of series.places) {
    const [last, before] = lastReadings(sheet, column, isCounter ? 2 : 1, since);
    if (!last || (best && best.t >= last.t)) continue;
    if (!isCounter) best = { t: last.t, value: last.v };
    else if (before) {
      const rate = counterRate(before.t, before.v, last.t, last.v);
      if (Number.isFinite(rate)) best = { t: last.t, value: rate };
    }
  }
  return best?.value ?? null;
}

/** Returns up to `count` readings, the newest first. Rows may be out of order, but only the last ones matter here. */
function lastReadings(
  sheet: Series['places'][number]['sheet'],
  column: number,
  count: number,
  since: number,
): Reading[] {
  const found: Reading[] = [];
  let looks = LOOK_BACK_ROWS;
  for (let p = sheet.pages.length - 1; p >= 0 && looks > 0; p--) {
    const page = sheet.pages[p];
    if (!page || page.lastTime < since) break;
    for (let row = page.rows - 1; row >= 0 && looks > 0; row--, looks--) {
      const v = page.v[row * sheet.width + column] ?? Number.NaN;
      const t = page.t[row] ?? Number.NaN;
      if (Number.isNaN(v) || t < since) continue;
      found.push({ t, v });
      if (found.length === count) return found.sort((a, b) => b.t - a.t);
    }
  }
  return found.sort((a, b) => b.t - a.t);
}
