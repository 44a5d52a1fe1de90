import type { Cell } from '../ingest/row-writer';
import type { Series } from '../registry/series';
import type { RowRecorder } from './recorder';
import type { RowBatch } from './store-contract';

const FIRST_ROWS = 4;

/** Rows of one key set that wait for the next commit, in the layout of {@link RowBatch}. */
export class RowBuffer implements RowRecorder {
  readonly device: string;
  readonly #series: Int32Array;
  readonly #onFirst: (buffer: RowBuffer) => void;
  readonly #onRow: (bytes: number) => void;
  #t = new Float64Array(0);
  #v = new Float64Array(0);
  #rows = 0;

  constructor(
    device: string,
    series: readonly Series[],
    onFirst: (buffer: RowBuffer) => void,
    onRow: (bytes: number) => void,
  ) {
    this.device = device;
    this.#series = Int32Array.from(series, (one) => one.id);
    this.#onFirst = onFirst;
    this.#onRow = onRow;
  }

  append(time: number, cells: readonly Cell[], offset: number, columns: readonly number[] | null): void {
    const width = this.#series.length;
    if (this.#rows === 0) this.#onFirst(this);
    if (this.#rows === this.#t.length) this.#grow(width);
    const v = this.#v;
    let at = this.#rows * width;
    for (let c = 0; c < width; c++) {
      const cell = cells[offset + (columns ? (columns[c] ?? 0) : c)];
      v[at++] = typeof cell === 'number' ? cell : cell === true ? 1 : cell === false ? 0 : Number.NaN;
    }
    this.#t[this.#rows++] = time;
    this.#onRow((width + 1) * 8);
  }

  /** Hands its rows over and is empty. */
  take(): RowBatch {
    const width = this.#series.length;
    const rows = this.#rows;
    const isFull = rows === this.#t.length;
    const batch: RowBatch = {
      device: this.device,
      series: this.#series.slice(),
      t: isFull ? this.#t : this.#t.slice(0, rows),
      v: isFull ? this.#v : this.#v.slice(0, rows * width),
    };
    this.#rows = 0;
    if (isFull) {
      this.#t = new Float64Array(0);
      this.#v = new Float64Array(0);
    }
    return batch;
  }

  #grow(width: number): void {
    const rows = Math.max(FIRST_ROWS, this.#t.length * 2);
    const t = new Float64Array(rows);
    const v = new Float64Array(rows * width);
    t.set(this.#t);
    v.set(this.#v);
    this.#t = t;
    this.#v = v;
  }
}
