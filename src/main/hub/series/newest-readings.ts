import type { Sheet } from './sheet';

export interface Reading {
  /** ms since the epoch. */
  t: number;
  v: number;
}

/**
 * Returns up to `count` readings of a column, the newest by time first, from the last `rows` rows in memory: a series may
 * arrive with others that report more often. Rows that came late or out of order do not count as newer than they are.
 */
export function newestReadings(sheet: Sheet, column: number, count: number, rows: number): Reading[] {
  const found: Reading[] = [];
  let looks = rows;
  for (let p = sheet.pages.length - 1; p >= 0 && looks > 0; p--) {
    const page = sheet.pages[p];
    if (!page) break;
    for (let row = page.rows - 1; row >= 0 && looks > 0; row--, looks--) {
      // Every row before one that came in order is older than it.
      if (found.length === count && page.firstRow + row >= sheet.lastUnsortedRow) return found;
      const v = page.v[row * sheet.width + column] ?? Number.NaN;
      if (!Number.isNaN(v)) insert(found, { t: page.t[row] ?? Number.NaN, v }, count);
    }
  }
  return found;
}

/** Keeps the newest readings in order. Of two with one time, the one that arrived later was found first and stays. */
function insert(found: Reading[], reading: Reading, count: number): void {
  if (found.some(({ t }) => t === reading.t)) return;
  const at = found.findIndex(({ t }) => t < reading.t);
  found.splice(at < 0 ? found.length : at, 0, reading);
  if (found.length > count) found.length = count;
}
