import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLines } from './split-lines';

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function linesOf(bytes: Uint8Array, size: number, maxBytes = 1_000): Promise<string[]> {
  return Array.fromAsync(splitLines(cut(bytes, size), maxBytes));
}

describe('lines of a stream', () => {
  it('are the same wherever the stream is cut, inside a character too', async () => {
    const line = fc
      .string({ unit: 'binary', maxLength: 20 })
      .map((text) => text.replaceAll(/[\n\ufeff]/g, 'x'));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 50 }), async (lines, size) => {
        const text = lines.map((each) => `${each.toWellFormed()}\n`).join('');
        expect(await linesOf(Buffer.from(text), size)).toEqual(lines.map((each) => each.toWellFormed()));
      }),
    );
  });

  it('need no end after the last one', async () => {
    expect(await linesOf(Buffer.from('a\n\nb'), 2)).toEqual(['a', '', 'b']);
  });

  it('are refused when too long, before they are taken in whole', async () => {
    await expect(linesOf(Buffer.alloc(2_000, 'x'), 100)).rejects.toMatchObject({ code: 'LINE_TOO_LONG' });
  });

  it('are refused when they are not UTF-8', async () => {
    await expect(linesOf(Buffer.from([0x61, 0xff, 0x0a]), 8)).rejects.toMatchObject({ code: 'BAD_TEXT' });
  });
});
