/** A row of cells that exists on the page. */
export interface GridRow<T> {
  /** Stays with what has been built, whichever items it shows. */
  readonly id: number;
  readonly index: number;
  readonly items: readonly T[];
}

/** Rows, from the first to before the last. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** What a grid shows. */
export interface GridContent<T> {
  readonly items: readonly T[];
  readonly columns: number;
  readonly key: (item: T) => string | number;
}

/**
 * Which rows of a long grid exist. Building a row costs far more than telling it other items, so rows that are
 * not needed any more are handed on; and as even that takes its time, the way to what is wanted has many steps.
 */
export class GridRows<T> {
  #list: readonly GridRow<T>[] = [];
  #items: readonly T[] = [];
  #columns = 0;
  #nextId = 0;

  /** In the order of the page, see {@link sort}; a new array with every change. */
  get list(): readonly GridRow<T>[] {
    return this.#list;
  }

  /**
   * Goes one row towards showing the rows of `range`, those of `view` before all others. Returns whether
   * nothing is left to do.
   */
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
      // In another list, what stands first stays first: words change then, but nothing moves.
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
        // The same devices, perhaps newly described: told at once.
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

  /** Whether the cells of a row exist and show what they should. */
  shows({ items, columns }: GridContent<T>, index: number): boolean {
    return this.#list.some((row) => row.index === index && row.items[0] === items[index * columns]);
  }

  /**
   * Brings one row to its place among the others. Rows that are handed on stay where they are in the page,
   * because moving one costs as much as building it; but who reads or tabs through it needs them in order.
   * Returns whether they are.
   */
  sort(): boolean {
    const list = [...this.#list];
    const turn = list.findIndex((row, i) => row.index < (list[i - 1]?.index ?? -1));
    if (turn < 0) return true;
    // Scrolling has turned the list like a wheel: the way back is shorter in one of the directions.
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

/** Downwards from the first row in view, then what is above it. */
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
