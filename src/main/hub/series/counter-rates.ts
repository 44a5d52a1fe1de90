import { counterRate } from '../samples/rates';
import type { Place, Series } from './series';
import type { Sheet } from './sheet';
import type { SheetRows } from './sheet-reader';

/** Rows that are looked through, from the newest back, for a reading to start from. */
const LOOK_BACK_ROWS = 128;

/** The last reading of each column of a sheet; NaN where there is none yet. */
interface Readings {
  t: Float64Array;
  v: Float64Array;
}

/** Rates of counters from one block of a sheet to the next. Of a counter in several sheets, each sheet has its own. */
export class CounterRates {
  readonly #last = new WeakMap<Sheet, Readings>();

  /**
   * Turns the counters' readings among these rows into rates per second, in place. A reading that is not newer than the
   * one before has no rate.
   */
  apply({ sheet, series, columns, t, v }: SheetRows): void {
    let last: Readings | undefined;
    for (let i = 0; i < series.length; i++) {
      if (series[i]?.kind !== 'counter') continue;
      last ??= this.#of(sheet);
      const column = columns[i] as number;
      let fromTime = last.t[column] as number;
      let fromValue = last.v[column] as number;
      for (let row = 0, at = i * t.length; row < t.length; row++, at++) {
        const value = v[at] as number;
        if (Number.isNaN(value)) continue;
        const time = t[row] as number;
        // The rate from no reading is NaN too, because every sum with NaN is.
        v[at] = counterRate(fromTime, fromValue, time, value);
        if (fromTime >= time) continue;
        fromTime = time;
        fromValue = value;
      }
      last.t[column] = fromTime;
      last.v[column] = fromValue;
    }
  }

  /** The next rates start from the newest reading that memory holds, whether or not it was given to `apply`. */
  start({ kind }: Series, { sheet, column }: Place): void {
    if (kind !== 'counter') return;
    const { t, v } = this.#of(sheet);
    const newest = newestReading(sheet, column);
    t[column] = newest?.t ?? Number.NaN;
    v[column] = newest?.v ?? Number.NaN;
  }

  #of(sheet: Sheet): Readings {
    let readings = this.#last.get(sheet);
    if (!readings) {
      const { width } = sheet;
      readings = { t: new Float64Array(width).fill(Number.NaN), v: new Float64Array(width).fill(Number.NaN) };
      this.#last.set(sheet, readings);
    }
    return readings;
  }
}

function newestReading(sheet: Sheet, column: number): { t: number; v: number } | null {
  let newest: { t: number; v: number } | null = null;
  let looks = LOOK_BACK_ROWS;
  for (let p = sheet.pages.length - 1; p >= 0 && looks > 0 && !newest; p--) {
    const page = sheet.pages[p];
    if (!page) break;
    for (let row = page.rows - 1; row >= 0 && looks > 0; row--, looks--) {
      const [t, v] = [page.t[row] as number, page.v[row * sheet.width + column] as number];
      if (!Number.isNaN(v) && (!newest || t > newest.t)) newest = { t, v };
    }
  }
  return newest;
}
