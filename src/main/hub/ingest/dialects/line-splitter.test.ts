import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, splitLines, type Line } from './line-splitter';

const text = fc
  .array(fc.constantFrom('a', ' ', '=', '"', '="', '\\', '\n', '\r\n', '#', 'b c="d"', ','), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));

function inPieces(whole: string, sizes: readonly number[], maxLength = 1_000) {
  const splitter = new LineSplitter(maxLength);
  const lines: Line[] = [];
  const add = (more: readonly Line[]): void => {
    for (const line of more) lines.push(line);
  };
  let at = 0;
  for (const size of sizes) {
    add(splitter.push(whole.slice(at, at + size)));
    at += size;
  }
  add(splitter.push(whole.slice(at)));
  add(splitter.end());
  return lines;
}

describe('lines that come in pieces', () => {
  it('are those of the whole, wherever it was cut', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(6)), (whole, sizes) => {
        expect(inPieces(whole, sizes)).toEqual([...splitLines(whole)]);
      }),
    );
  });

  it('keep a line break in a quoted text, and count the lines that it spans', () => {
    const whole = 'log msg="one\ntwo" 1\ncpu usage=1\n';
    expect(inPieces(whole, [1, 9, 3])).toEqual([
      { text: 'log msg="one\ntwo" 1', number: 1, isTooLong: false },
      { text: 'cpu usage=1', number: 3, isTooLong: false },
    ]);
  });

  it('are passed over when they are too long, and named', () => {
    const lines = inPieces(`a b=1\n${'x'.repeat(500)}\nc d=2`, Array<number>(50).fill(10), 100);
    expect(lines.map(({ number, isTooLong }) => ({ number, isTooLong }))).toEqual([
      { number: 1, isTooLong: false },
      { number: 2, isTooLong: true },
      { number: 3, isTooLong: false },
    ]);
    expect(lines[1]?.text).toBe('x'.repeat(80));
  });

  it('end at the line break where a quote never closes', () => {
    const lines = inPieces(`a b="never\n${'c d=2\n'.repeat(100)}`, Array<number>(80).fill(7), 100);
    expect(lines[0]?.text).toBe('a b="never');
    expect(lines).toHaveLength(101);
  });

  it('take no longer for many small lines, pieces and quotes than the bytes are worth', () => {
    const whole = 'a b=1\n'.repeat(200_000);
    const startedAt = performance.now();
    expect(inPieces(whole, Array<number>(60_000).fill(1)).length).toBe(200_000);
    // If each piece caused a pass over the rest, this would take hours.
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });
});
