import { copyRow } from '../samples/copy-row';
import type { ChangeLog } from './change-log';

/**
 * A sheet is the in-memory ring of series that arrive together: one shared time column and one value column per
 * series. Rows are stored one after another in pages of typed arrays, so storing a row is one sequential write,
 * however many series it has. Pages are added and dropped as a whole, so memory follows the data without copying.
 */

/** Rows of a sheet's first page; each further page doubles up to {@link MAX_PAGE_ROWS}. */
const FIRST_PAGE_ROWS = 8;
const MAX_PAGE_ROWS = 64;

/** The memory of a page. */
export interface PageRoom {
  t: Float64Array;
  v: Float64Array;
}

export class Page implements PageRoom {
  readonly sheet: Sheet;
  readonly capacity: number;
  readonly bytes: number;
  /** The number of the sheet's rows before this page. */
  firstRow: number;
  readonly t: Float64Array;
  /** Values row by row: column `c` of row `r` is `v[r * width + c]`. NaN means no value. */
  readonly v: Float64Array;
  rows = 0;
  lastTime = Number.NEGATIVE_INFINITY;

  /** `room` is the memory of a released page of the same size, with its old values. */
  constructor(sheet: Sheet, capacity: number, firstRow: number, room?: PageRoom) {
    this.sheet = sheet;
    this.capacity = capacity;
    this.firstRow = firstRow;
    this.t = room?.t ?? new Float64Array(capacity);
    this.v = room?.v ?? new Float64Array(capacity * sheet.width);
    this.bytes = capacity * (sheet.width + 1) * 8;
  }
}

/** Provides a sheet's next page after making room for it. */
export type PageSource = (sheet: Sheet, capacity: number, firstRow: number) => Page;

/** Sheets whose device was forgotten, and their series. */
export interface ForgottenSheets {
  sheets: Iterable<Sheet>;
  series: readonly number[];
}

/** A sheet that got rows, or sheets that are gone. */
export type SheetChange = Sheet | ForgottenSheets;

export class Sheet {
  /** The ids of the series, one per column. */
  readonly series: readonly number[];
  readonly width: number;
  readonly pages: Page[] = [];
  /** The number of rows ever appended, which is the next row's absolute number. */
  nextRow = 0;
  /** The absolute number of the latest row that was not newer than all rows before it; -1 if there is none. */
  lastUnsortedRow = -1;
  /** The newest time of any row. */
  newestTime = Number.NEGATIVE_INFINITY;
  /** The newest time of any row that is not held, because it was dropped or was too old to be stored. */
  missingUntil = Number.NEGATIVE_INFINITY;
  readonly #newPage: PageSource;
  readonly #changes: ChangeLog<SheetChange>;
  /** Its newest entry in the log of changes. */
  #changeEntry = -1;

  constructor(series: readonly number[], newPage: PageSource, changes: ChangeLog<SheetChange>) {
    this.series = series;
    this.width = series.length;
    this.#newPage = newPage;
    this.#changes = changes;
  }

  /** The absolute number of the oldest row still held. */
  get firstRow(): number {
    return this.pages[0]?.firstRow ?? this.nextRow;
  }

  get tail(): Page | undefined {
    return this.pages[this.pages.length - 1];
  }

  /** Appends a row: `cells[from … to)`, one per column; missing columns have no value. */
  append(time: number, cells: Float64Array, from: number, to: number): void {
    const page = this.#pageForRow();
    copyRow(page.v, page.rows * this.width, this.width, cells, from, to);
    this.#finishRow(page, time);
  }

  /** Records that a row at this time belongs to this sheet but is not held. */
  missed(time: number): void {
    if (time > this.missingUntil) this.missingUntil = time;
  }

  /**
   * Drops the rows after `time` and returns the pages that became empty. The remaining rows get the highest numbers
   * used so far: a reader that has read all rows finds nothing new, and any other must read the series as a whole.
   */
  dropAfter(time: number): Page[] {
    if (this.newestTime <= time) return [];
    this.missed(this.newestTime);
    for (const page of this.pages) keepUntil(page, time);
    const emptied = this.pages.filter(({ rows }) => rows === 0);
    const kept = this.pages.filter(({ rows }) => rows > 0);
    this.pages.splice(0, this.pages.length, ...kept);
    this.newestTime = kept.reduce((latest, { lastTime }) => Math.max(latest, lastTime), -Infinity);
    let row = this.nextRow;
    for (const page of kept.toReversed()) page.firstRow = row -= page.rows;
    return emptied;
  }

  #pageForRow(): Page {
    const tail = this.tail;
    if (tail && tail.rows < tail.capacity) return tail;
    const capacity = tail ? Math.min(tail.capacity * 2, MAX_PAGE_ROWS) : FIRST_PAGE_ROWS;
    const page = this.#newPage(this, capacity, this.nextRow);
    this.pages.push(page);
    return page;
  }

  #finishRow(page: Page, time: number): void {
    page.t[page.rows++] = time;
    if (time > page.lastTime) page.lastTime = time;
    if (time > this.newestTime) this.newestTime = time;
    else this.lastUnsortedRow = this.nextRow;
    this.nextRow++;
    if (this.#changeEntry < this.#changes.readUpTo) this.#changeEntry = this.#changes.add(this);
  }
}

/** Removes the rows after `time` from a page. */
function keepUntil(page: Page, time: number): void {
  if (page.lastTime <= time) return;
  const { width } = page.sheet;
  let rows = 0;
  page.lastTime = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < page.rows; row++) {
    const at = page.t[row] as number;
    if (at > time) continue;
    page.t[rows] = at;
    page.v.copyWithin(rows * width, row * width, (row + 1) * width);
    page.lastTime = Math.max(page.lastTime, at);
    rows++;
  }
  page.rows = rows;
}
