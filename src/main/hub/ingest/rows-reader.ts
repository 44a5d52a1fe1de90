import type { FlatRows } from './flat-rows';
import { isDigit, readNumber } from './read-number';

/** The most cells per message that are read in place; larger messages are rare and go to the general parser. */
const MAX_CELLS = 65_536;
const FIRST_CELLS = 1_024;
const MAX_STREAM = 64;
/** How many digits of a whole number a double always represents exactly. */
const WHOLE_DIGITS = 15;

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const LOWER_C = 0x63;
const LOWER_E = 0x65;
const LOWER_N = 0x6e;
const LOWER_O = 0x6f;
const LOWER_T = 0x74;
const LOWER_Y = 0x79;
const BEGIN = 0x7b;
const END = 0x7d;

const NULL = Buffer.from('null');
const TYPE = Buffer.from('type"');
const TYPE_ROWS = Buffer.from('"rows"');
const SEQ = Buffer.from('seq"');
const SCHEMA = Buffer.from('schema"');
const ROWS = Buffer.from('rows"');
const STREAM = Buffer.from('stream"');

const HAS_TYPE = 1;
const HAS_SEQ = 2;
const HAS_SCHEMA = 4;
const HAS_ROWS = 8;
const HAS_STREAM = 16;
const HAS_WHAT_IT_NEEDS = HAS_TYPE | HAS_SEQ | HAS_SCHEMA | HAS_ROWS;

/** 1 for each byte that a stream's name may contain. */
const STREAM_BYTES = Uint8Array.from({ length: 256 }, (_, c) =>
  /[A-Za-z0-9._:-]/.test(String.fromCharCode(c)) && c < 128 ? 1 : 0,
);

/**
 * Reads `rows` messages straight from their bytes into numbers. `JSON.parse` would make a string, one list per row and
 * one value per cell, only for them to be copied into typed arrays right after. This reader handles the form that
 * agents normally send and leaves everything else, valid or not, to the general parser. Every message that it accepts
 * has exactly the meaning that `JSON.parse` and the following checks would give it.
 */
export class RowsReader implements FlatRows {
  readonly type = 'flat-rows';
  seq = 0;
  schema = 0;
  stream: string | undefined = undefined;
  rows = 0;
  cells = new Float64Array(FIRST_CELLS);
  ends = new Uint32Array(FIRST_CELLS);
  /** The number that `#whole` read. */
  #whole = 0;

  /** Reads a message; returns false if it does not handle it. The result is valid until the next call. */
  read(bytes: Buffer): boolean {
    // The last brace ends every loop below, because none of them accepts it.
    if (bytes[0] !== BEGIN || bytes[bytes.length - 1] !== END) return false;
    this.stream = undefined;
    let at = 1;
    let has = 0;
    for (;;) {
      at = skipSpace(bytes, at);
      if (bytes[at++] !== QUOTE) return false;
      let field: number;
      // The first letters tell the fields apart.
      const c = bytes[at + 1];
      if (c === LOWER_Y && matches(bytes, at, TYPE)) {
        field = HAS_TYPE;
        at = skipColon(bytes, at + TYPE.length);
        if (at < 0 || !matches(bytes, at, TYPE_ROWS)) return false;
        at += TYPE_ROWS.length;
      } else if (c === LOWER_E && matches(bytes, at, SEQ)) {
        field = HAS_SEQ;
        at = this.#readWhole(bytes, skipColon(bytes, at + SEQ.length));
        this.seq = this.#whole;
      } else if (c === LOWER_C && matches(bytes, at, SCHEMA)) {
        field = HAS_SCHEMA;
        at = this.#readWhole(bytes, skipColon(bytes, at + SCHEMA.length));
        this.schema = this.#whole;
      } else if (c === LOWER_O && matches(bytes, at, ROWS)) {
        field = HAS_ROWS;
        at = this.#readRows(bytes, skipColon(bytes, at + ROWS.length));
      } else if (c === LOWER_T && matches(bytes, at, STREAM)) {
        field = HAS_STREAM;
        at = this.#readStream(bytes, skipColon(bytes, at + STREAM.length));
      } else return false;
      if (at < 0 || (has & field) !== 0) return false;
      has |= field;
      at = skipSpace(bytes, at);
      const next = bytes[at++];
      if (next === COMMA) continue;
      if (next !== END || at !== bytes.length) return false;
      return (has & HAS_WHAT_IT_NEEDS) === HAS_WHAT_IT_NEEDS;
    }
  }

  #readWhole(bytes: Buffer, from: number): number {
    if (from < 0) return -1;
    let at = from;
    let whole = 0;
    for (let c = bytes[at] as number; isDigit(c); c = bytes[++at] as number) whole = whole * 10 + c - ZERO;
    const digits = at - from;
    if (digits === 0 || digits > WHOLE_DIGITS || (digits > 1 && bytes[from] === ZERO)) return -1;
    this.#whole = whole;
    return at;
  }

  #readStream(bytes: Buffer, from: number): number {
    if (from < 0 || bytes[from] !== QUOTE) return -1;
    let at = from + 1;
    while (STREAM_BYTES[bytes[at] as number] === 1) at++;
    const length = at - from - 1;
    if (bytes[at] !== QUOTE || length === 0 || length > MAX_STREAM) return -1;
    this.stream = bytes.toString('latin1', from + 1, at);
    return at + 1;
  }

  #readRows(bytes: Buffer, from: number): number {
    if (from < 0 || bytes[from] !== OPEN) return -1;
    let { cells } = this;
    let at = from;
    let cell = 0;
    let rows = 0;
    let next: number | undefined;
    do {
      at = skipSpace(bytes, at + 1);
      if (bytes[at] !== OPEN) return -1;
      const first = cell;
      do {
        if (cell === cells.length) {
          if (cell >= MAX_CELLS) return -1;
          cells = this.#grow();
        }
        next = bytes[++at];
        if ((next as number) <= SPACE) {
          at = skipSpace(bytes, at);
          next = bytes[at];
        }
        if (next === LOWER_N) {
          if (cell === first || !matches(bytes, at, NULL)) return -1;
          cells[cell] = Number.NaN;
          at += NULL.length;
        } else {
          at = readNumber(bytes, at, cells, cell);
          if (at < 0) return -1;
        }
        cell++;
        next = bytes[at];
        if ((next as number) <= SPACE) {
          at = skipSpace(bytes, at);
          next = bytes[at];
        }
      } while (next === COMMA);
      if (next !== CLOSE) return -1;
      this.ends[rows++] = cell;
      at = skipSpace(bytes, at + 1);
      next = bytes[at];
    } while (next === COMMA);
    if (next !== CLOSE) return -1;
    this.rows = rows;
    return at + 1;
  }

  #grow(): Float64Array<ArrayBuffer> {
    const { cells, ends } = this;
    this.cells = new Float64Array(cells.length * 4);
    this.cells.set(cells);
    // Every row has at least one cell.
    this.ends = new Uint32Array(this.cells.length);
    this.ends.set(ends);
    return this.cells;
  }
}

function matches(bytes: Buffer, at: number, word: Buffer): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}

/** Returns the position of the value after the colon; -1 if there is no colon. */
function skipColon(bytes: Buffer, from: number): number {
  const at = skipSpace(bytes, from);
  return bytes[at] === COLON ? skipSpace(bytes, at + 1) : -1;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (let c = bytes[at]; c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09; c = bytes[at]) at++;
  return at;
}
