/**
 * Memory for columns that live for one step of work. Sealing under load would otherwise make more garbage than
 * anything else, and large arrays count against V8's limit for memory outside its heap: it collects for each 32 MB.
 */
export class ColumnScratch {
  #memory = new Float64Array(64 * 1_024);
  #used = 0;

  /** What was taken before is free again. */
  reset(): void {
    this.#used = 0;
  }

  /** A column of `rows` values, whatever they are. */
  take(rows: number): Float64Array {
    const end = this.#used + rows;
    if (end > this.#memory.length) {
      // Columns in use keep the old memory alive.
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
