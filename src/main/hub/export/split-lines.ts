import { FaultError } from '@shared/errors';

const NEWLINE = 0x0a;

/**
 * Splits UTF-8 bytes, which arrive in arbitrary pieces, into lines without their line breaks; the last line needs
 * none. Throws a `FaultError`: `LINE_TOO_LONG`, `BAD_TEXT`.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: Uint8Array[] = [];
  let size = 0;

  const take = (part: Uint8Array): void => {
    size += part.length;
    if (size > maxBytes) {
      throw new FaultError('LINE_TOO_LONG', `A line may have at most ${maxBytes} bytes.`);
    }
    if (part.length > 0) parts.push(part);
  };
  const finish = (): string => {
    const [only] = parts;
    const bytes = parts.length === 1 && only ? only : Buffer.concat(parts);
    parts = [];
    size = 0;
    try {
      return decoder.decode(bytes);
    } catch {
      throw new FaultError('BAD_TEXT', 'This is not valid UTF-8.');
    }
  };

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    take(chunk.subarray(start));
  }
  if (size > 0) yield finish();
}
