import type { Series } from '../series/series';
import type { SeriesTable } from '../series/series-table';

/**
 * Stores one row: `cells[from + i]` belongs to slot `i`, NaN and what is not before `to` is no value. Rows that are too
 * old for the rings go to history alone.
 */
export type RowWriter = (
  time: number,
  cells: Float64Array,
  from: number,
  to: number,
  isLive: boolean,
) => void;

/** Makes the fastest writer for these slots; null slots are skipped. */
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
  const write: RowWriter = (time, cells, from, to, isLive) => {
    recorded?.append(time, cells, from, to);
    if (!isLive) {
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
  return (time, cells, from, to, isLive) => {
    for (let c = 0; c < columns.length; c++) {
      const at = from + (columns[c] as number);
      row[c] = at < to ? (cells[at] as number) : Number.NaN;
    }
    write(time, row, 0, row.length, isLive);
  };
}
