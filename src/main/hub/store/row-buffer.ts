import type { Cell } from '../ingest/row-writer';
import type { Series } from '../registry/series';
import type { RowRecorder } from './recorder';
import type { RowBatch } from './store-contract';

const FIRST_ROWS = 4;
/** Room that this many commits in a row did not need a quarter of is given back. */
const SHRINK_AFTER = 64;

/** Room for rows, in memory that the store's thread reads where it is instead of getting a copy. */
interface Room {
  t: Float64Array;
  v: Float64Array;
}

/**
 * Rows of one key set that wait for the next commit, in the layout of {@link RowBatch}. It has two rooms: one is
 * filled while the other is being committed, so what `take` returned stays untouched until `take` is called again.
 */
export class RowBuffer implements RowRecorder {
  readonly device: string;
  readonly #series: Int32Array;
  readonly #onFirst: (buffer: RowBuffer) => void;
  readonly #onRow: (bytes: number) => void;
  #room: Room;
  #otherRoom: Room;
  #rows = 0;
  #roomyTakes = 0;

  constructor(
    device: string,
    series: readonly Series[],
    onFirst: (buffer: RowBuffer) => void,
    onRow: (bytes: number) => void,
  ) {
    this.device = device;
    this.#series = Int32Array.from(series, (one) => one.id);
    this.#room = this.#otherRoom = roomFor(0, 0);
    this.#onFirst = onFirst;
    this.#onRow = onRow;
  }

  append(time: number, cells: readonly Cell[], offset: number, columns: readonly number[] | null): void {
    const width = this.#series.length;
    const v = this.#begin(width);
    let at = this.#rows * width;
    for (let c = 0; c < width; c++) {
      const cell = cells[offset + (columns ? (columns[c] ?? 0) : c)];
      v[at++] = typeof cell === 'number' ? cell : cell === true ? 1 : cell === false ? 0 : Number.NaN;
    }
    this.#finish(time, width);
  }

  copy(time: number, values: Float64Array, offset: number): void {
    const width = this.#series.length;
    const v = this.#begin(width);
    const start = this.#rows * width;
    for (let c = 0; c < width; c++) v[start + c] = values[offset + c] as number;
    this.#finish(time, width);
  }

  /** Hands its rows over and is empty. What the call before returned is overwritten from now on. */
  take(): RowBatch {
    const width = this.#series.length;
    const rows = this.#rows;
    const { t, v } = this.#room;
    const batch: RowBatch = {
      device: this.device,
      series: this.#series,
      t: t.subarray(0, rows),
      v: v.subarray(0, rows * width),
    };
    this.#rows = 0;
    const next = this.#otherRoom;
    this.#otherRoom = this.#room;
    this.#room = next;
    const isRoomy = next.t.length > FIRST_ROWS && rows <= next.t.length / 4;
    this.#roomyTakes = isRoomy ? this.#roomyTakes + 1 : 0;
    if (this.#roomyTakes >= SHRINK_AFTER) {
      this.#room = roomFor(Math.max(FIRST_ROWS, rows), width);
      // The other room gets its turn at the next commit.
      this.#roomyTakes = SHRINK_AFTER - 1;
    }
    return batch;
  }

  #begin(width: number): Float64Array {
    if (this.#rows === 0) this.#onFirst(this);
    if (this.#rows === this.#room.t.length) this.#grow(width);
    return this.#room.v;
  }

  #finish(time: number, width: number): void {
    this.#room.t[this.#rows++] = time;
    this.#onRow((width + 1) * 8);
  }

  #grow(width: number): void {
    const { t, v } = this.#room;
    this.#room = roomFor(Math.max(FIRST_ROWS, t.length * 2), width);
    this.#room.t.set(t);
    this.#room.v.set(v);
  }
}

function roomFor(rows: number, width: number): Room {
  const bytes = new SharedArrayBuffer(rows * (width + 1) * 8);
  return { t: new Float64Array(bytes, 0, rows), v: new Float64Array(bytes, rows * 8, rows * width) };
}
