import { counterRate } from '../samples/rates';
import { newestReadings } from './newest-readings';
import type { Place, Series } from './series';
import type { Sheet } from './sheet';
import type { SheetRows } from './sheet-reader';

/** How many rows to search, from the newest back, for a starting reading. */
const LOOK_BACK_ROWS = 128;

/** The last reading of each column of a sheet; NaN where there is none yet. */
interface Readings {
  t: Float64Array;
  v: Float64Array;
}

/**
 * Calculates rates of counters from one block of a sheet to the next. A counter in several sheets has separate rates in
 * each.
 */
export class CounterRates {
  readonly #last = new WeakMap<Sheet, Readings>();

  /**
   * Converts counters' readings in these rows to rates per second, in place. A reading that is not newer than the
   * previous one has no rate.
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
        // Without a previous reading the rate is NaN too, because every sum with NaN is NaN.
        v[at] = counterRate(fromTime, fromValue, time, value);
        if (fromTime >= time) continue;
        fromTime = time;
        fromValue = value;
      }
      last.t[column] = fromTime;
      last.v[column] = fromValue;
    }
  }

  /** Makes the next rates start from the newest reading in memory, whether or not it was given to `apply`. */
  start({ kind }: Series, { sheet, column }: Place): void {
    if (kind !== 'counter') return;
    const { t, v } = this.#of(sheet);
    const [newest] = newestReadings(sheet, column, 1, LOOK_BACK_ROWS);
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
