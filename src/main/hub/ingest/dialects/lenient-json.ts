/** A word in place of a number, such as `NaN`, which JSON does not allow (RFC 8259 section 6). */
export interface OddToken {
  token: string;
  /** The position of its first character. */
  at: number;
}

export interface LenientJson {
  /** The values in the text, in order: one for a plain JSON text, several for NDJSON. */
  values: unknown[];
  oddTokens: OddToken[];
  /** The parts that could not be read, with the position at which reading failed. */
  broken: { at: number; message: string }[];
}

const MAX_DEPTH = 64;
const MAX_REPORTED = 16;
/** A number, including forms from other languages: `+5`, `.5`, `5.`, `05`. */
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z0-9_.#])/y;
/** Spellings of NaN and infinity in C, Python, JavaScript and Arduino code. */
const NOT_FINITE =
  /[+-]?(?:nan(?:\([^)]{0,20}\))?|inf(?:inity)?|ovf|#inf|1\.#(?:inf|ind|qnan)\d*)(?![A-Za-z0-9_])/iy;
/** Literals, including Python's spellings. */
const LITERAL = /(?:true|false|null|True|False|None)(?![A-Za-z0-9_])/y;
/** A word in place of a value. */
const WORD = /[^\s,:"{}[\]]{1,40}(?=[ \t]*[,}\]\r\n])/y;
/** Between values there may also be byte order marks, NULs and record separators (RFC 7464). */
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const SPACE = /[ \t\r\n\ufeff\u0000\u001e]*/y;
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
/** A text with control characters in it, or a backslash that escapes nothing. */
const LOOSE_STRING = /"(?:[^"\\]|\\[\s\S])*"/y;
/** Ids written as numbers that a double would round, which could make two ids equal. */
const LONG_ID = /("(?:id|device|name|channel|address)"\s*:\s*)(-?\d{16,})(?=\s*[,}\r\n])/g;

/**
 * Reads JSON as devices write it: with `NaN` and other words in place of numbers (all read as NaN), line breaks in
 * texts, a byte order mark, NULs at the end, and several values one after another. Ids that are numbers too long for a
 * double become texts. If a value cannot be read, only the rest of its line is lost. Never throws.
 */
export function parseLenientJson(source: string): LenientJson {
  // In JSON, quotes within a text are escaped, so `"id":` is always a name.
  const text = source
    .replace(/^\ufeff/, '')
    .replace(/[\0\s]+$/, '')
    .replace(LONG_ID, '$1"$2"');
  try {
    return { values: [JSON.parse(text) as unknown], oddTokens: [], broken: [] };
  } catch {
    return new Reader(text).all();
  }
}

const UNENDED_TEXT = 'a text does not end, or holds a character that must be escaped';

class Broken extends Error {}

/** Decodes one escaped character; a backslash before any other character stands for itself. */
function unescapeOne(whole: string, escaped: string): string {
  return /^(?:["\\/bfnrt]|u.)/.test(escaped) ? (JSON.parse(`"\\${escaped}"`) as string) : whole;
}

class Reader {
  readonly #text: string;
  readonly #oddTokens: OddToken[] = [];
  #at = 0;
  /** The start of the first text that was read leniently, and so perhaps too far. */
  #looseAt: number | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  all(): LenientJson {
    const values: unknown[] = [];
    const broken: LenientJson['broken'] = [];
    this.#match(SPACE);
    while (this.#at < this.#text.length) {
      const start = this.#at;
      this.#looseAt = null;
      try {
        values.push(this.#value(0, false));
        this.#match(SPACE);
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        if (this.#looseAt !== null) {
          this.#at = this.#looseAt;
          error.message = UNENDED_TEXT;
        }
        if (broken.length < MAX_REPORTED) broken.push({ at: this.#at, message: error.message });
        this.#at = this.#nextLine(start);
        this.#match(SPACE);
      }
    }
    return { values, oddTokens: this.#oddTokens, broken };
  }

  /**
   * Returns where to continue after a value that began at `start` could not be read: at the next line that begins like
   * an object, because that one is complete, otherwise after the line that failed.
   */
  #nextLine(start: number): number {
    const object = this.#text.indexOf('\n{', start);
    if (object >= 0 && object < this.#at) return object + 1;
    const lineEnd = this.#text.indexOf('\n', Math.max(start, this.#at));
    return lineEnd < 0 ? this.#text.length : lineEnd + 1;
  }

  /** A bare word counts as a missing value only after a name; elsewhere the text is not JSON. */
  #value(depth: number, isNamed: boolean): unknown {
    if (depth > MAX_DEPTH) throw new Broken(`values nest deeper than ${MAX_DEPTH}`);
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth, isNamed);
    if (first === '"') return this.#string();
    const literal = this.#match(LITERAL)?.toLowerCase();
    if (literal !== undefined) return literal === 'null' || literal === 'none' ? null : literal === 'true';
    const number = this.#match(NUMBER);
    if (number !== null) return Number(number);
    const at = this.#at;
    const odd = this.#match(NOT_FINITE) ?? (isNamed ? this.#match(WORD) : null);
    if (odd === null) throw new Broken('a value is missing or is not JSON');
    if (this.#oddTokens.length < MAX_REPORTED) this.#oddTokens.push({ token: odd, at });
    return Number.NaN;
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
      const value = this.#value(depth + 1, true);
      // As in JSON.parse, this makes an own property, whatever its name.
      Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
      this.#match(SPACE);
      if (this.#take('}')) return object;
      if (!this.#take(',')) throw new Broken('a "," or "}" is missing');
      this.#match(SPACE);
    }
  }

  #array(depth: number, isNamed: boolean): unknown[] {
    const list: unknown[] = [];
    this.#at++;
    this.#match(SPACE);
    if (this.#take(']')) return list;
    for (;;) {
      list.push(this.#value(depth + 1, isNamed));
      this.#match(SPACE);
      if (this.#take(']')) return list;
      if (!this.#take(',')) throw new Broken('a "," or "]" is missing');
      this.#match(SPACE);
    }
  }

  #string(): string {
    const at = this.#at;
    const raw = this.#match(STRING);
    if (raw !== null) return JSON.parse(raw) as string;
    const loose = this.#match(LOOSE_STRING);
    if (loose === null) throw new Broken(UNENDED_TEXT);
    this.#looseAt ??= at;
    return loose.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, unescapeOne);
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
