import { counterRate } from '../samples/rates';
import type { Place, Series } from './series';
import type { Sheet } from './sheet';
import type { SheetRows } from './sheet-reader';

/** Rows that are looked through, from the newest back, for a reading to start from. */
const LOOK_BACK_ROWS = 128;

interface Reading {
  t: number;
  v: number;
}

/** Rates of counters from one block of a sheet to the next. Of a counter in several sheets, each sheet has its own. */
export class CounterRates {
  readonly #last = new WeakMap<Sheet, Map<number, Reading>>();

  /**
   * Turns the counters' readings among these rows into rates per second, in place. A reading that is not newer than the
   * one before has no rate.
   */
  apply({ sheet, series, t, v }: SheetRows): void {
    for (const [column, { id, kind }] of series.entries()) {
      if (kind !== 'counter') continue;
      let last = this.#of(sheet).get(id);
      for (let row = 0, at = column * t.length; row < t.length; row++, at++) {
        const value = v[at] as number;
        if (Number.isNaN(value)) continue;
        const time = t[row] as number;
        v[at] = last ? counterRate(last.t, last.v, time, value) : Number.NaN;
        if (!last || time > last.t) last = { t: time, v: value };
      }
      if (last) this.#of(sheet).set(id, last);
    }
  }

  /** The next rates start from the newest reading that memory holds, whether or not it was given to `apply`. */
  start({ id, kind }: Series, place: Place): void {
    if (kind !== 'counter') return;
    const newest = newestReading(place);
    if (newest) this.#of(place.sheet).set(id, newest);
    else this.#of(place.sheet).delete(id);
  }

  #of(sheet: Sheet): Map<number, Reading> {
    let readings = this.#last.get(sheet);
    if (!readings) this.#last.set(sheet, (readings = new Map<number, Reading>()));
    return readings;
  }
}

function newestReading({ sheet, column }: Place): Reading | null {
  let newest: Reading | null = null;
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
