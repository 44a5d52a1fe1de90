import type { Series } from '../series/series';
import { ratesInPlace } from '../samples/rates';
import type { Sheet } from '../series/sheet';

/** The samples of one series in time order, without duplicate times; NaN where the device sent null. */
export interface SeriesColumns {
  t: Float64Array;
  v: Float64Array;
}

/**
 * Reads the samples that the rings hold of one series in `[from, to)`, from all its sheets. If a time was sent twice,
 * the last value wins. With `asRate`, a counter's readings become rates per second, and the reading before `from` is
 * used for the first one.
 */
export function readSeries(series: Series, from: number, to: number, asRate: boolean): SeriesColumns {
  const raw = gather(series, asRate ? Number.NEGATIVE_INFINITY : from, to);
  if (!asRate) return raw;
  ratesInPlace(raw.t, raw.v);
  let start = 0;
  while (start < raw.t.length && (raw.t[start] ?? 0) < from) start++;
  return { t: raw.t.subarray(start), v: raw.v.subarray(start) };
}

/** Returns the newest reading that the rings hold of one series, however old; empty if there is none. */
export function newestReading(series: Series): SeriesColumns {
  const newest = Math.max(...series.places.map(({ sheet }) => sheet.newestTime));
  return gather(series, newest, Number.POSITIVE_INFINITY);
}

/**
 * Whether the rings hold all samples of these series from `from` on, and for counters also a reading before. Rows may
 * arrive in any order, so the newest missing row decides, not the oldest row held.
 */
export function ringCovers(series: readonly Series[], from: number): boolean {
  return series.every(({ places, kind, missingUntil }) => {
    const missing = places.reduce((latest, { sheet }) => Math.max(latest, sheet.missingUntil), missingUntil);
    if (missing === Number.NEGATIVE_INFINITY) return true;
    return missing < from && (kind === 'gauge' || places.some(({ sheet }) => reachesBefore(sheet, from)));
  });
}

function reachesBefore({ pages }: Sheet, time: number): boolean {
  return (pages[0]?.t[0] ?? Number.POSITIVE_INFINITY) < time;
}

function gather(series: Series, from: number, to: number): SeriesColumns {
  let total = 0;
  for (const { sheet } of series.places) for (const page of sheet.pages) total += page.rows;
  const t = new Float64Array(total);
  const v = new Float64Array(total);
  let length = 0;
  let sorted = true;
  let last = Number.NEGATIVE_INFINITY;
  for (const { sheet, column } of series.places) {
    for (const page of sheet.pages) {
      if (page.lastTime < from) continue;
      for (let row = 0; row < page.rows; row++) {
        const time = page.t[row] ?? 0;
        if (time < from || time >= to) continue;
        if (time <= last) sorted = false;
        last = time;
        t[length] = time;
        v[length++] = page.v[row * sheet.width + column] ?? Number.NaN;
      }
    }
  }
  const columns = { t: t.subarray(0, length), v: v.subarray(0, length) };
  return sorted ? columns : inTimeOrder(columns);
}

function inTimeOrder({ t, v }: SeriesColumns): SeriesColumns {
  const order = Array.from(t, (_, i) => i).sort((a, b) => (t[a] ?? 0) - (t[b] ?? 0) || a - b);
  const sortedT = new Float64Array(order.length);
  const sortedV = new Float64Array(order.length);
  let length = 0;
  for (const i of order) {
    const time = t[i] ?? 0;
    const value = v[i] ?? Number.NaN;
    if (length > 0 && sortedT[length - 1] === time) {
      // A missing value does not remove an existing one, as on disk.
      if (Number.isNaN(value)) continue;
      length--;
    }
    sortedT[length] = time;
    sortedV[length++] = value;
  }
  return { t: sortedT.subarray(0, length), v: sortedV.subarray(0, length) };
}
