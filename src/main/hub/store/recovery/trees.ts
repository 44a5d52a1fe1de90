import { MAP, PAGE_SIZE, type Pages } from './pages';
import {
  cellsOf,
  INSIDE_INDEX,
  INSIDE_TABLE,
  LEAF_OF_INDEX,
  LEAF_OF_TABLE,
  payloadOf,
  readCell,
  readRecord,
  type Cell,
  type Value,
} from './records';

/** A row as it was found: `payload` is null when its overflow pages are not there. */
export interface FoundRow {
  rowId: number | null;
  values: Value[] | null;
  cell: Cell;
  page: number;
}

const MAX_DEPTH = 20;

/**
 * Walks the trees of a damaged file. What cannot be reached from a tree's root, because a page above it is damaged, is
 * found by the pointer map; on a page whose own structure is damaged, rows are searched for byte by byte.
 */
export class Trees {
  readonly #pages: Pages;
  readonly #visited: Uint8Array;
  /** Pages that should be part of a tree and are not: their rows are searched for. */
  readonly #broken = new Set<number>();
  #breaks = 0;

  constructor(pages: Pages) {
    this.#pages = pages;
    this.#visited = new Uint8Array(pages.count + 1);
  }

  /** How many damaged pages and cells were met so far. */
  get breaks(): number {
    return this.#breaks;
  }

  /** The rows of the tree with this root; damaged parts are left out. */
  *rows(root: number, depth = 0): Generator<FoundRow> {
    if (root < 1 || root > this.#pages.count || depth > MAX_DEPTH || this.#visited[root] === 1) {
      this.#breaks++;
      return;
    }
    this.#visited[root] = 1;
    const page = this.#pages.page(root);
    const cells = page && cellsOf(page, root);
    if (!page || !cells) {
      this.#breaks++;
      if (page) this.#broken.add(root);
      return;
    }
    const isInside = cells.kind === INSIDE_TABLE || cells.kind === INSIDE_INDEX;
    for (const at of cells.at) {
      const cell = readCell(page, cells.kind, at);
      if (!cell) {
        this.#breaks++;
        this.#broken.add(root);
        continue;
      }
      if (cell.child !== null) yield* this.rows(cell.child, depth + 1);
      if (cells.kind !== INSIDE_TABLE) yield this.#row(cell, root);
    }
    if (isInside) yield* this.rows(cells.right, depth + 1);
  }

  /** Rows on leaves that no tree leads to any more, and are not free. Call when all trees were walked. */
  *lostRows(): Generator<FoundRow> {
    for (let number = 2; number <= this.#pages.count; number++) {
      if (this.#visited[number] === 1 || this.#pages.isMapPage(number)) continue;
      const entry = this.#pages.mapped(number);
      if (entry && entry.kind !== MAP.tree && entry.kind !== MAP.root) continue;
      const page = this.#pages.page(number);
      if (!page) continue;
      const cells = cellsOf(page, number);
      if (!cells) {
        if (entry) this.#broken.add(number);
        continue;
      }
      if (cells.kind !== LEAF_OF_TABLE && cells.kind !== LEAF_OF_INDEX) continue;
      for (const at of cells.at) {
        const cell = readCell(page, cells.kind, at);
        if (cell) yield this.#row(cell, number);
        else this.#broken.add(number);
      }
    }
  }

  /** Whatever looks like a table's row on pages with damage, and in damaged images of pages in the log. */
  *searchedRows(): Generator<FoundRow> {
    for (const number of this.#broken) {
      const page = this.#pages.page(number);
      if (page) yield* this.#search(page, number);
    }
    for (const number of this.#pages.damagedPages) {
      for (const image of this.#pages.damagedImages(number)) yield* this.#search(image, number);
    }
  }

  *#search(page: Buffer, number: number): Generator<FoundRow> {
    for (let at = 8; at < PAGE_SIZE - 4; at++) {
      const cell = readCell(page, LEAF_OF_TABLE, at);
      // A record begins with the length of its header, which is short for all rows that matter here.
      if (
        !cell ||
        cell.rowId === null ||
        cell.rowId < 1 ||
        (cell.local[0] ?? 0) < 3 ||
        (cell.local[0] ?? 0) > 32
      ) {
        continue;
      }
      // The id is stored as the row's id, so its own column is empty.
      if (cell.local[1] !== 0) continue;
      const row = this.#row(cell, number);
      if (row.values || cell.overflow !== 0) yield row;
    }
  }

  #row(cell: Cell, page: number): FoundRow {
    const payload = payloadOf(this.#pages, cell);
    return { rowId: cell.rowId, values: payload && readRecord(payload), cell, page };
  }
}
