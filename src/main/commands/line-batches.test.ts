import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineBatches } from './line-batches';

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

describe('batches of lines', () => {
  it('hold every line once, whole, in order and numbered, wherever the stream is cut', async () => {
    const lines = fc.array(
      fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\n', ' ')),
      { minLength: 1 },
    );
    const size = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(lines, size, size, async (all, cutSize, batchBytes) => {
        const text = all.join('\n');
        let joined = '';
        for await (const { bytes, firstLine } of lineBatches(cut(text, cutSize), batchBytes)) {
          expect(firstLine).toBe(joined.split('\n').length);
          expect(joined === '' || joined.endsWith('\n')).toBe(true);
          joined += Buffer.from(bytes).toString();
        }
        expect(joined).toBe(text);
      }),
    );
  });

  it('are about as large as asked', async () => {
    const text = 'x'.repeat(9).concat('\n').repeat(1_000);
    const batches = await Array.fromAsync(lineBatches(cut(text, 64), 1_000));
    expect(batches.length).toBeGreaterThanOrEqual(9);
    for (const { bytes } of batches) expect(bytes.length).toBeLessThan(1_100);
  });

  it('give up on a line without an end', async () => {
    const endless = cut('x'.repeat(9 * 1024 * 1024), 65_536);
    await expect(Array.fromAsync(lineBatches(endless, 1_000))).rejects.toMatchObject({
      code: 'LINE_TOO_LONG',
    });
  });
});
