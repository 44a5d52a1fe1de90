import type { Series } from '../registry/series';
import type { SeriesTable } from '../registry/series-table';

export type Cell = number | boolean | null | undefined;

/**
 * Stores one row: `cells[offset + i]` belongs to slot `i`. Rows that are too old for the rings go to history alone.
 */
export type RowWriter = (time: number, cells: readonly Cell[], offset: number, isLive: boolean) => void;

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
  const width = together.length;
  const writeBoth: RowWriter = (time, cells, offset, isLive) => {
    if (isLive && sheet) {
      const { v, rows } = sheet.append(time, cells, offset);
      recorded?.copy(time, v, (rows - 1) * width);
      return;
    }
    recorded?.append(time, cells, offset, null);
    sheet?.missed(time);
  };
  if (sheet && width === slots.length) return writeBoth;
  const columns = slots.flatMap((series, i) => (series ? [i] : []));
  const row: Cell[] = new Array<Cell>(columns.length).fill(null);
  if (sheet) {
    return (time, cells, offset, isLive) => {
      for (let c = 0; c < columns.length; c++) row[c] = cells[offset + (columns[c] ?? 0)];
      writeBoth(time, row, 0, isLive);
    };
  }
  const sheets = together.map((series) => table.sheetAlone(series));
  return (time, cells, offset, isLive) => {
    recorded?.append(time, cells, offset, columns);
    for (const [c, alone] of sheets.entries()) {
      if (!isLive) {
        alone.missed(time);
        continue;
      }
      const cell = cells[offset + (columns[c] ?? 0)];
      if (cell !== null && cell !== undefined) alone.append(time, cells, offset + (columns[c] ?? 0));
    }
  };
}
