import type { Series } from '../series/series';
import type { SeriesTable } from '../series/series-table';

/**
 * How far a row goes. `live`: to the rings and to history. `late`: only to history, because it is too old for the
 * rings. `ahead`: also only to history, because it is from the future and the live view must not wait for it.
 */
export type Reach = 'live' | 'late' | 'ahead';

/** Stores one row: `cells[from + i]` belongs to slot `i`; NaN and cells at or after `to` mean no value. */
export type RowWriter = (time: number, cells: Float64Array, from: number, to: number, reach: Reach) => void;

/** Creates the fastest writer for these slots; null slots are skipped. */
export function createWriter(
  table: SeriesTable,
  device: string,
  slots: readonly (Series | null)[],
): RowWriter {
  const together = slots.filter((series) => series !== null);
  if (together.length === 0) return () => {};
  const sheet = table.sheetFor(device, together);
  const recorded = table.recorder.rows(device, together);
  const sheets = sheet ? [] : together.map((series) => table.sheetAlone(series));
  const write: RowWriter = (time, cells, from, to, reach) => {
    recorded?.append(time, cells, from, to);
    if (reach === 'ahead') return;
    if (reach === 'late') {
      sheet?.missed(time);
      for (const alone of sheets) alone.missed(time);
      return;
    }
    if (sheet) sheet.append(time, cells, from, to);
    for (let c = 0; c < sheets.length; c++) {
      const value = cells[from + c] as number;
      if (from + c < to && value === value) sheets[c]?.append(time, cells, from + c, from + c + 1);
    }
  };
  if (together.length === slots.length) return write;
  const columns = slots.flatMap((series, i) => (series ? [i] : []));
  const row = new Float64Array(columns.length);
  return (time, cells, from, to, reach) => {
    for (let c = 0; c < columns.length; c++) {
      const at = from + (columns[c] as number);
      row[c] = at < to ? (cells[at] as number) : Number.NaN;
    }
    write(time, row, 0, row.length, reach);
  };
}
