/** A line with content: neither blank nor a comment. */
export interface Line {
  text: string;
  /** Counted from 1; the first line if a quoted text spans several. */
  number: number;
  /** Whether it exceeds the length limit; `text` then holds only its beginning. */
  isTooLong: boolean;
}

/** Characters kept of a line that is too long, to identify it. */
const KEPT_CHARS = 80;

/** Yields the lines of a complete text; a line break inside a quoted string does not end a line. */
export function* splitLines(text: string): Generator<Line> {
  yield* scan(text, { at: 0, number: 1 }, true, Number.POSITIVE_INFINITY);
}

/**
 * Splits line protocol that arrives in pieces, with the same result as {@link splitLines} on the whole text. It keeps
 * at most about `maxLength` characters: a quoted text that has not ended by then is cut at its first line break, and a
 * longer line is skipped.
 */
export class LineSplitter {
  readonly #maxLength: number;
  readonly #place = { at: 0, number: 1 };
  #rest = '';
  #pieces: string[] = [];
  #pieceChars = 0;
  #isPassingOver = false;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Returns the lines that are complete after this piece. */
  push(piece: string): Line[] {
    this.#pieces.push(piece);
    this.#pieceChars += piece.length;
    // Scans only after as many characters have arrived as were left before; otherwise many small pieces would be
    // scanned again and again.
    return this.#pieceChars < this.#rest.length ? [] : this.#scan(false);
  }

  /** Returns the remaining lines. */
  end(): Line[] {
    return this.#scan(true);
  }

  #scan(isLast: boolean): Line[] {
    let text = this.#rest + this.#pieces.join('');
    this.#pieces = [];
    this.#pieceChars = 0;
    if (this.#isPassingOver) {
      const end = text.indexOf('\n');
      this.#rest = '';
      if (end < 0) return [];
      this.#isPassingOver = false;
      this.#place.number++;
      text = text.slice(end + 1);
    }
    this.#place.at = 0;
    const lines = [...scan(text, this.#place, isLast, this.#maxLength)];
    this.#rest = text.slice(this.#place.at);
    if (this.#rest.length > this.#maxLength) {
      lines.push({ text: this.#rest.slice(0, KEPT_CHARS), number: this.#place.number, isTooLong: true });
      this.#rest = '';
      this.#isPassingOver = true;
    }
    return lines;
  }
}

/** Yields lines, and moves `place` behind each of them. */
function* scan(
  text: string,
  place: { at: number; number: number },
  isLast: boolean,
  maxLength: number,
): Generator<Line> {
  while (place.at < text.length) {
    const end = lineEnd(text, place.at, isLast, maxLength);
    if (end === null) return;
    const raw = text.slice(place.at, end);
    const { number } = place;
    place.at = end + 1;
    place.number += 1;
    for (let i = raw.indexOf('\n'); i >= 0; i = raw.indexOf('\n', i + 1)) place.number++;
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const isTooLong = raw.length > maxLength;
    yield { text: isTooLong ? line.slice(0, KEPT_CHARS) : line, number, isTooLong };
  }
}

/**
 * Returns the end of the line that begins at `start`; null if more text is needed to know it. A quote opens a string
 * only right after a field's `=`. A string that is never closed ends at the line break, so that one mistake affects one
 * line.
 */
function lineEnd(text: string, start: number, isLast: boolean, maxLength: number): number | null {
  const lineBreak = text.indexOf('\n', start);
  const plainEnd = lineBreak >= 0 ? lineBreak : isLast ? text.length : null;
  const first = text.slice(start, lineBreak < 0 ? text.length : lineBreak);
  const quote = first.indexOf('="');
  if (quote < 0 || first.trimStart().startsWith('#')) return plainEnd;
  const stop = Math.min(text.length, start + maxLength);
  let isQuoted = false;
  for (let i = start + quote + 1; i < stop; i++) {
    const character = text[i];
    if (character === '\\' && isQuoted) i++;
    else if (character === '"') {
      if (isQuoted) isQuoted = false;
      else if (text[i - 1] === '=') isQuoted = true;
    } else if (character === '\n' && !isQuoted) return i;
  }
  if (stop < text.length) return plainEnd;
  if (isLast) return isQuoted ? plainEnd : text.length;
  return null;
}
