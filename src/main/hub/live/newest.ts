import { counterRate } from '../samples/rates';
import { newestReadings } from '../series/newest-readings';
import type { Series } from '../series/series';

/** How many rows to search: a disk that is read once a minute arrives with values that are read four times a second. */
const LOOK_BACK_ROWS = 256;

/**
 * Returns the newest value of a series at or after `since`, ms since the epoch: a rate per second for a counter. Null if
 * there is none. Reads only the last rows in memory, so that it is cheap enough for every series of a fleet.
 */
export function newestValue(series: Series, since: number): number | null {
  const isCounter = series.kind === 'counter';
  let best: { t: number; value: number } | null = null;
  for (const { sheet, column } of series.places) {
    if (sheet.newestTime < since) continue;
    const [last, before] = newestReadings(sheet, column, isCounter ? 2 : 1, LOOK_BACK_ROWS);
    if (!last || last.t < since || (best && best.t >= last.t)) continue;
    if (!isCounter) best = { t: last.t, value: last.v };
    else if (before && before.t >= since) {
      const rate = counterRate(before.t, before.v, last.t, last.v);
      if (Number.isFinite(rate)) best = { t: last.t, value: rate };
    }
  }
  return best?.value ?? null;
}
