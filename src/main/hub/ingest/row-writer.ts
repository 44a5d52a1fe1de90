import type { Series } from '../registry/series';
import type { SeriesTable } from '../registry/series-table';

export type Cell = number | boolean | null | undefined;

/** Stores one row: `cells[offset + i]` belongs to slot `i`. */
export type RowWriter = (time: number, cells: readonly Cell[], offset: number) => void;

/** Makes the fastest writer for these slots; null slots are skipped. */
export function createWriter(
  table: SeriesTable,
  device: string,
  slots: readonly (Series | null)[],
): RowWriter {
  const together = slots.filter((series) => series !== null);
  if (together.length === 0) return () => {};
  const sheet = table.sheetFor(device, together);
  if (sheet && together.length === slots.length) {
    return (time, cells, offset) => sheet.append(time, cells, offset);
  }
  const columns = slots.flatMap((series, i) => (series ? [i] : []));
  const row: Cell[] = new Array<Cell>(columns.length).fill(null);
  if (sheet) {
    return (time, cells, offset) => {
      for (let c = 0; c < columns.length; c++) row[c] = cells[offset + (columns[c] ?? 0)];
      sheet.append(time, row, 0);
    };
  }
  const sheets = together.map((series) => table.sheetAlone(series));
  return (time, cells, offset) => {
    for (const [c, alone] of sheets.entries()) {
      const cell = cells[offset + (columns[c] ?? 0)];
      if (cell !== null && cell !== undefined) alone.append(time, cells, offset + (columns[c] ?? 0));
    }
  };
}
