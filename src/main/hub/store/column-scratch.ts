/**
 * Memory for columns that live for one step of work. Otherwise sealing under load would make more garbage than
 * anything else. Large arrays also count against V8's limit for memory outside its heap, which triggers a collection
 * every 32 MB.
 */
export class ColumnScratch {
  #memory = new Float64Array(64 * 1_024);
  #used = 0;

  /** Frees everything taken before. */
  reset(): void {
    this.#used = 0;
  }

  /** A column of `rows` values with arbitrary contents. */
  take(rows: number): Float64Array {
    const end = this.#used + rows;
    if (end > this.#memory.length) {
      // Columns still in use keep the old memory alive.
      this.#memory = new Float64Array(Math.max(rows, Math.min(this.#memory.length * 2, MAX_CELLS)));
      this.#used = 0;
      return this.take(rows);
    }
    const column = this.#memory.subarray(this.#used, end);
    this.#used = end;
    return column;
  }
}

/** 8 MB of values. */
const MAX_CELLS = 1_024 * 1_024;
