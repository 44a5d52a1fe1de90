import { Sheet } from './sheet';
import type { Series } from './series';
import type { SeriesTable } from './series-table';

export interface SheetReaderOptions {
  table: SeriesTable;
  /** Ids; `all` means every series, including future ones. */
  series: Iterable<number> | 'all';
  /** Called while the reader looks for changes, with the ids of its series whose device was forgotten. */
  onForgotten?: ((series: readonly number[]) => void) | undefined;
}

/** New rows of one sheet. */
export interface SheetRows {
  /** Their sheet: further rows of the same sheet continue these. */
  readonly sheet: Sheet;
  /** The series that the reader reads from this sheet, one per column. */
  readonly series: readonly Series[];
  readonly ids: Uint32Array;
  /** The series' columns in the sheet. */
  readonly columns: readonly number[];
  /** In ascending order. Of two rows with the same time, the later one arrived later. */
  readonly t: Float64Array;
  /**
   * Column by column, `v[column * t.length + row]`, as devices sent them: readings, for counters. NaN means no value.
   */
  readonly v: Float64Array;
  /** The number of rows of this sheet that were dropped from memory before they were read. */
  readonly lost: number;
  /** Whether some of these rows are not newer than all earlier rows of this sheet. */
  readonly isLate: boolean;
}

interface Cursor {
  sheet: Sheet;
  columns: number[];
  series: Series[];
  ids: Uint32Array;
  /** The absolute number of the first unread row. */
  nextRow: number;
}

/**
 * Reads the rows of some series as they arrive, each row of a sheet once. It pulls: ingest does nothing for it, and a
 * reader that comes seldom finds more rows instead of a queue. Its cost depends on the new rows, not on the number of
 * series; it keeps only a position in each sheet.
 *
 * Sheets that a new reader finds are read from the oldest row in memory.
 */
export class SheetReader {
  readonly #table: SeriesTable;
  readonly #onForgotten: (series: readonly number[]) => void;
  #wanted: Set<number> | 'all';
  #cursors = new Map<Sheet, Cursor>();
  /** Cursors that may have rows to read. */
  readonly #unread = new Set<Cursor>();
  /** Sheets without any of the reader's series. */
  #ignored = new WeakSet<Sheet>();
  #changesFrom: number;

  constructor({ table, series, onForgotten = () => {} }: SheetReaderOptions) {
    this.#table = table;
    this.#onForgotten = onForgotten;
    this.#wanted = series === 'all' ? 'all' : new Set(series);
    this.#changesFrom = table.changes.start();
    this.#place((sheet) => sheet.firstRow);
  }

  /** Adds series to read. A sheet that is already being read continues at its position, with the columns of both. */
  want(series: Iterable<number> | 'all'): void {
    this.#look();
    this.#wanted = series === 'all' ? 'all' : new Set(series);
    this.#ignored = new WeakSet();
    this.#place((sheet) => sheet.firstRow);
  }

  /**
   * Yields the rows that arrived since the last call, one block per sheet. A caller that stops early gets the other
   * sheets next time.
   */
  *read(): Generator<SheetRows, void> {
    this.#look();
    for (const cursor of this.#unread) {
      this.#unread.delete(cursor);
      const rows = takeRows(cursor);
      if (rows) yield rows;
    }
  }

  /**
   * Returns series with unread rows that came late or out of order, or that were dropped from memory before they were
   * read.
   */
  late(): Set<number> {
    this.#look();
    const late = new Set<number>();
    for (const { sheet, nextRow, ids } of this.#unread) {
      if (sheet.lastUnsortedRow >= nextRow || sheet.firstRow > nextRow) for (const id of ids) late.add(id);
    }
    return late;
  }

  /**
   * Marks all rows of these series as read, for a caller that reads the series as a whole instead. Other series in the
   * same sheets lose their unread rows too, so they must also be read as a whole: returns all of them.
   */
  skip(series: Iterable<number>): Set<number> {
    this.#look();
    const skipped = new Set(series);
    // The loop also visits ids that are added to the set meanwhile.
    for (const id of skipped) {
      for (const { sheet } of this.#table.byId(id)?.places ?? []) {
        const cursor = this.#cursors.get(sheet);
        if (!cursor || cursor.nextRow === sheet.nextRow) continue;
        cursor.nextRow = sheet.nextRow;
        this.#unread.delete(cursor);
        for (const other of cursor.ids) skipped.add(other);
      }
    }
    return skipped;
  }

  /** Processes the changes since the last call. */
  #look(): void {
    const { entries, next } = this.#table.changes.read(this.#changesFrom);
    this.#changesFrom = next;
    if (!entries) {
      this.#lookAtAll();
      return;
    }
    for (const change of entries) {
      if (change instanceof Sheet) this.#changed(change);
      else this.#forget(change.sheets, change.series);
    }
  }

  #changed(sheet: Sheet): void {
    if (this.#ignored.has(sheet)) return;
    let cursor = this.#cursors.get(sheet);
    if (!cursor) {
      const found = this.#cursorFor(sheet, 0);
      if (!found) {
        this.#ignored.add(sheet);
        return;
      }
      this.#cursors.set(sheet, (cursor = found));
    }
    if (cursor.nextRow < sheet.nextRow) this.#unread.add(cursor);
  }

  #forget(sheets: Iterable<Sheet>, series: readonly number[]): void {
    for (const sheet of sheets) {
      const cursor = this.#cursors.get(sheet);
      if (!cursor) continue;
      this.#cursors.delete(sheet);
      this.#unread.delete(cursor);
    }
    const wanted = this.#wanted;
    const gone = wanted === 'all' ? series : series.filter((id) => wanted.has(id));
    if (wanted !== 'all') for (const id of gone) wanted.delete(id);
    if (gone.length > 0) this.#onForgotten(gone);
  }

  /** Looks at all sheets, because the log of changes no longer reaches back to this reader's position. */
  #lookAtAll(): void {
    const known = this.#wanted === 'all' ? this.#idsRead() : this.#wanted;
    const gone = [...known].filter((id) => !this.#table.byId(id));
    this.#place(() => 0);
    this.#forget([], gone);
  }

  #idsRead(): Set<number> {
    const ids = new Set<number>();
    for (const cursor of this.#cursors.values()) for (const id of cursor.ids) ids.add(id);
    return ids;
  }

  /** Finds the sheets of the reader's series; `startOf` returns the first row to read of a new sheet. */
  #place(startOf: (sheet: Sheet) => number): void {
    const sheets = new Set<Sheet>();
    for (const series of this.#wantedSeries()) for (const { sheet } of series.places) sheets.add(sheet);
    const before = this.#cursors;
    this.#cursors = new Map();
    this.#unread.clear();
    for (const sheet of sheets) {
      const cursor = this.#cursorFor(sheet, before.get(sheet)?.nextRow ?? startOf(sheet));
      if (!cursor) continue;
      this.#cursors.set(sheet, cursor);
      if (cursor.nextRow < sheet.nextRow) this.#unread.add(cursor);
    }
  }

  *#wantedSeries(): Iterable<Series> {
    if (this.#wanted === 'all') {
      yield* this.#table.all();
      return;
    }
    for (const id of this.#wanted) {
      const series = this.#table.byId(id);
      if (series) yield series;
    }
  }

  #cursorFor(sheet: Sheet, nextRow: number): Cursor | null {
    const columns: number[] = [];
    const series: Series[] = [];
    for (const [column, id] of sheet.series.entries()) {
      const one = this.#wanted === 'all' || this.#wanted.has(id) ? this.#table.byId(id) : undefined;
      if (!one) continue;
      columns.push(column);
      series.push(one);
    }
    if (columns.length === 0) return null;
    return { sheet, columns, series, ids: Uint32Array.from(series, (one) => one.id), nextRow };
  }
}

/** Takes all unread rows of a sheet; null if the sheet was forgotten meanwhile. */
function takeRows(cursor: Cursor): SheetRows | null {
  const { sheet, columns, series, ids } = cursor;
  const first = Math.max(cursor.nextRow, sheet.firstRow);
  const lost = first - cursor.nextRow;
  const count = sheet.nextRow - first;
  cursor.nextRow = sheet.nextRow;
  if (count === 0) return null;
  const t = new Float64Array(count);
  const v = new Float64Array(count * columns.length);
  const { width } = sheet;
  let r = 0;
  for (let p = pageOf(sheet, first); p < sheet.pages.length; p++) {
    const page = sheet.pages[p];
    if (!page) break;
    for (let row = Math.max(0, first - page.firstRow); row < page.rows; row++, r++) {
      t[r] = page.t[row] as number;
      const cells = row * width;
      for (let i = 0, at = r; i < columns.length; i++, at += count) {
        v[at] = page.v[cells + (columns[i] as number)] as number;
      }
    }
  }
  const isLate = sheet.lastUnsortedRow >= first;
  return { sheet, series, ids, columns, ...(isLate ? inTimeOrder(t, v) : { t, v }), lost, isLate };
}

/** Returns the index of the page that holds a row. Searches from the end, because new rows are there. */
function pageOf(sheet: Sheet, row: number): number {
  let p = sheet.pages.length - 1;
  while (p > 0 && (sheet.pages[p]?.firstRow ?? 0) > row) p--;
  return p;
}

function inTimeOrder(t: Float64Array, v: Float64Array): { t: Float64Array; v: Float64Array } {
  const order = Array.from(t, (_, i) => i).sort((a, b) => (t[a] as number) - (t[b] as number) || a - b);
  return {
    t: Float64Array.from(order, (i) => t[i] as number),
    v: Float64Array.from(v, (_, at) => {
      const row = at % t.length;
      return v[at - row + (order[row] as number)] as number;
    }),
  };
}
