/** A word that stands where a number should, such as `NaN`: JSON has none for it (RFC 8259 section 6). */
export interface OddToken {
  token: string;
  /** Characters before it. */
  at: number;
}

export interface LenientJson {
  /** The values of the text, one after another: one for a plain JSON text, several for NDJSON. */
  values: unknown[];
  oddTokens: OddToken[];
  /** What could not be read, each with the place where reading failed. */
  broken: { at: number; message: string }[];
}

const MAX_DEPTH = 64;
const MAX_REPORTED = 16;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** How C, Python, JavaScript and Arduino write numbers that are none. */
const NOT_FINITE =
  /[+-]?(?:nan(?:\([^)]{0,20}\))?|inf(?:inity)?|ovf|#inf|1\.#(?:inf|ind|qnan)\d*)(?![A-Za-z0-9_])/iy;
const LITERAL = /(?:true|false|null)(?![A-Za-z0-9_])/y;
const SPACE = /[ \t\r\n]*/y;
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/**
 * Reads JSON as devices write it: with `NaN` and `inf` (both read as NaN), a byte order mark, NULs at the end, and several
 * values one after another. A value that cannot be read costs the rest of its line, and no more. Never throws.
 */
export function parseLenientJson(source: string): LenientJson {
  const text = source.replace(/^\ufeff/, '').replace(/[\0\s]+$/, '');
  try {
    return { values: [JSON.parse(text) as unknown], oddTokens: [], broken: [] };
  } catch {
    return new Reader(text).all();
  }
}

class Broken extends Error {}

class Reader {
  readonly #text: string;
  readonly #oddTokens: OddToken[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  all(): LenientJson {
    const values: unknown[] = [];
    const broken: LenientJson['broken'] = [];
    this.#match(SPACE);
    while (this.#at < this.#text.length) {
      const start = this.#at;
      try {
        values.push(this.#value(0));
        this.#match(SPACE);
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        if (broken.length < MAX_REPORTED) broken.push({ at: this.#at, message: error.message });
        const lineEnd = this.#text.indexOf('\n', Math.max(start, this.#at));
        this.#at = lineEnd < 0 ? this.#text.length : lineEnd + 1;
        this.#match(SPACE);
      }
    }
    return { values, oddTokens: this.#oddTokens, broken };
  }

  #value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new Broken(`values nest deeper than ${MAX_DEPTH}`);
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string();
    const literal = this.#match(LITERAL);
    if (literal !== null) return literal === 'null' ? null : literal === 'true';
    const at = this.#at;
    const odd = this.#match(NOT_FINITE);
    if (odd !== null) {
      if (this.#oddTokens.length < MAX_REPORTED) this.#oddTokens.push({ token: odd, at });
      return Number.NaN;
    }
    const number = this.#match(NUMBER);
    if (number === null || number === '') throw new Broken('a value is missing or is not JSON');
    if (/[A-Za-z0-9_.]/.test(this.#text[this.#at] ?? '')) {
      this.#at = at;
      throw new Broken('a number is not written as JSON writes it');
    }
    return Number(number);
  }

  #object(depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.#at++;
    this.#match(SPACE);
    if (this.#take('}')) return object;
    for (;;) {
      if (this.#text[this.#at] !== '"') throw new Broken('a name in double quotes is missing');
      const name = this.#string();
      this.#match(SPACE);
      if (!this.#take(':')) throw new Broken('a ":" is missing');
      this.#match(SPACE);
      const value = this.#value(depth + 1);
      // As JSON.parse does: an own property, whatever its name.
      Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
      this.#match(SPACE);
      if (this.#take('}')) return object;
      if (!this.#take(',')) throw new Broken('a "," or "}" is missing');
      this.#match(SPACE);
    }
  }

  #array(depth: number): unknown[] {
    const list: unknown[] = [];
    this.#at++;
    this.#match(SPACE);
    if (this.#take(']')) return list;
    for (;;) {
      list.push(this.#value(depth + 1));
      this.#match(SPACE);
      if (this.#take(']')) return list;
      if (!this.#take(',')) throw new Broken('a "," or "]" is missing');
      this.#match(SPACE);
    }
  }

  #string(): string {
    const raw = this.#match(STRING);
    if (raw === null) throw new Broken('a text does not end, or holds a character that must be escaped');
    return JSON.parse(raw) as string;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return null;
    this.#at += found[0].length;
    return found[0];
  }
}
