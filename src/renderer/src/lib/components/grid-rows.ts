/** A row of cells that exists on the page. */
export interface GridRow<T> {
  /** Identifies the built row, whichever items it shows. */
  readonly id: number;
  readonly index: number;
  readonly items: readonly T[];
}

/** A range of rows; `to` is exclusive. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** The content of a grid. */
export interface GridContent<T> {
  readonly items: readonly T[];
  readonly columns: number;
  readonly key: (item: T) => string | number;
}

/**
 * Decides which rows of a long grid exist. Building a row costs far more than giving it other items, so rows that are
 * no longer needed are reused. Even that takes time, so the change is made in many small steps.
 */
export class GridRows<T> {
  #list: readonly GridRow<T>[] = [];
  #items: readonly T[] = [];
  #columns = 0;
  #nextId = 0;

  /** In DOM order, see {@link sort}; a new array after every change. */
  get list(): readonly GridRow<T>[] {
    return this.#list;
  }

  /** Advances by one row towards showing `range`, rows of `view` first. Returns whether nothing is left to do. */
  step(content: GridContent<T>, range: RowRange, view: RowRange): boolean {
    const { items, columns } = content;
    const moved = items !== this.#items || columns !== this.#columns;
    this.#items = items;
    this.#columns = columns;
    const rowCount = Math.ceil(items.length / Math.max(1, columns));
    const present = new Map<number, GridRow<T>>();
    const spare: GridRow<T>[] = [];
    const inPlace = moved ? this.#list.toSorted((a, b) => a.index - b.index) : this.#list;
    for (const [place, row] of inPlace.entries()) {
      // In another list, the first row stays first, so that only text changes and nothing moves.
      const index = moved ? range.from + place : row.index;
      if (index >= range.from && index < range.to) present.set(index, { ...row, index });
      else if (index < rowCount) spare.push(row);
    }

    let stepped = false;
    let finished = true;
    for (const index of inOrder(range, view)) {
      const row = present.get(index);
      const wanted = items.slice(index * columns, (index + 1) * columns);
      if (row && sameKeys(row.items, wanted, content.key)) {
        // The same items, perhaps with new data: update them at once.
        present.set(index, { ...row, items: wanted });
      } else if (stepped) finished = false;
      else {
        stepped = true;
        present.set(index, { id: row?.id ?? spare.shift()?.id ?? this.#nextId++, index, items: wanted });
      }
    }

    const left = new Map([...present.values(), ...(finished ? [] : spare)].map((row) => [row.id, row]));
    const list: GridRow<T>[] = [];
    for (const old of this.#list) {
      const row = left.get(old.id);
      if (!row) continue;
      list.push(old.index === row.index && sameItems(old.items, row.items) ? old : row);
      left.delete(old.id);
    }
    this.#list = [...list, ...[...left.values()].toSorted((a, b) => a.index - b.index)];
    return finished;
  }

  /** Whether the cells of a row exist and show the right items. */
  shows({ items, columns }: GridContent<T>, index: number): boolean {
    return this.#list.some((row) => row.index === index && row.items[0] === items[index * columns]);
  }

  /**
   * Moves one row to its place among the others. Reused rows first stay where they are in the DOM, because moving one
   * costs as much as building it, but screen readers and Tab need them in order. Returns whether all rows are in order.
   */
  sort(): boolean {
    const list = [...this.#list];
    const turn = list.findIndex((row, i) => row.index < (list[i - 1]?.index ?? -1));
    if (turn < 0) return true;
    // Scrolling rotates the list, so sorting is shorter from one of its ends.
    const [first, last] = [list[0], list.at(-1)];
    if (first && last && last.index < first.index && turn > list.length / 2) list.unshift(...list.splice(-1));
    else if (first && last && last.index < first.index) list.push(...list.splice(0, 1));
    else {
      const [row] = list.splice(turn, 1);
      const place = list.findIndex((other) => other.index > (row?.index ?? 0));
      if (row) list.splice(place, 0, row);
    }
    this.#list = list;
    return list.every((row, i) => row.index >= (list[i - 1]?.index ?? 0));
  }
}

/** Orders the range: from the first visible row down to its end, then the rows above it. */
function inOrder(range: RowRange, view: RowRange): number[] {
  const first = Math.min(range.to, Math.max(range.from, view.from));
  const order: number[] = [];
  for (let index = first; index < range.to; index++) order.push(index);
  for (let index = first - 1; index >= range.from; index--) order.push(index);
  return order;
}

function sameKeys<T>(a: readonly T[], b: readonly T[], key: (item: T) => string | number): boolean {
  return a.length === b.length && a.every((item, i) => key(item) === key(b[i] as T));
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
