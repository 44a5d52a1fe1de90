import { copyRow } from '../samples/copy-row';
import type { Series } from '../series/series';
import type { RowRecorder } from '../series/recorder';
import type { RowRooms } from './row-rooms';
import type { RowBatch } from '../store-contract/store-contract';

const FIRST_ROWS = 4;
const NO_ROOM = new SharedArrayBuffer(0);

export interface RowBufferOptions {
  device: string;
  series: readonly Series[];
  rooms: RowRooms;
  /** Called before the first row since the last `take` is added. */
  onFirst: (buffer: RowBuffer) => void;
  onRow: (bytes: number) => void;
  /** Whether rows are stored now; otherwise they are left out. */
  isOpen: () => boolean;
}

/** Rows of one key set that wait for the next commit, in the layout of {@link RowBatch}. */
export class RowBuffer implements RowRecorder {
  readonly #options: RowBufferOptions;
  readonly #series: Int32Array;
  readonly #width: number;
  #room = NO_ROOM;
  /** The memory as rows of `width` values each, followed by all times. */
  #v = new Float64Array(NO_ROOM);
  #t = new Float64Array(NO_ROOM);
  #rows = 0;
  /** The number of rows in the previous commit; about as many are expected next. */
  #expected = FIRST_ROWS;

  constructor(options: RowBufferOptions) {
    this.#options = options;
    this.#series = Int32Array.from(options.series, (one) => one.id);
    this.#width = options.series.length;
  }

  append(time: number, cells: Float64Array, from: number, to: number): void {
    if (!this.#options.isOpen()) return;
    if (this.#rows === 0) this.#options.onFirst(this);
    if (this.#rows === this.#t.length) this.#grow();
    copyRow(this.#v, this.#rows * this.#width, this.#width, cells, from, to);
    this.#t[this.#rows++] = time;
    this.#options.onRow((this.#width + 1) * 8);
  }

  /** Hands over its rows together with their memory, and is empty afterwards. */
  take(): { batch: RowBatch; room: SharedArrayBuffer } {
    const rows = this.#rows;
    const batch: RowBatch = {
      device: this.#options.device,
      series: this.#series,
      t: this.#t.subarray(0, rows),
      v: this.#v.subarray(0, rows * this.#width),
    };
    const room = this.#room;
    this.#expected = Math.max(FIRST_ROWS, rows);
    this.#rows = 0;
    this.#enter(NO_ROOM);
    return { batch, room };
  }

  #grow(): void {
    const { rooms } = this.#options;
    const before = { room: this.#room, t: this.#t, v: this.#v };
    const rows = this.#rows === 0 ? this.#expected : this.#rows * 2;
    this.#enter(rooms.take(rows * (this.#width + 1) * 8));
    this.#t.set(before.t);
    this.#v.set(before.v);
    rooms.give(before.room);
  }

  #enter(room: SharedArrayBuffer): void {
    const capacity = Math.floor(room.byteLength / 8 / (this.#width + 1));
    this.#room = room;
    this.#v = new Float64Array(room, 0, capacity * this.#width);
    this.#t = new Float64Array(room, capacity * this.#width * 8, capacity);
  }
}
