import { FaultError } from '@shared/errors';

const NEWLINE = 0x0a;
/** A line longer than a hub accepts is not collected any further. */
const MAX_LINE_BYTES = 8 * 1024 * 1024 + 1;

/** Complete lines, about one batch in size. */
export interface LineBatch {
  bytes: Uint8Array<ArrayBuffer>;
  /** The number of the first line, from 1. */
  firstLine: number;
}

/** Splits a stream into batches of complete lines. Throws a `FaultError` with `LINE_TOO_LONG`. */
export async function* lineBatches(
  chunks: AsyncIterable<Uint8Array>,
  batchBytes: number,
): AsyncGenerator<LineBatch> {
  let parts: Uint8Array[] = [];
  let size = 0;
  let firstLine = 1;
  let lines = 0;
  const finish = (): LineBatch => {
    const batch = { bytes: Buffer.concat(parts), firstLine };
    firstLine += lines;
    parts = [];
    size = 0;
    lines = 0;
    return batch;
  };
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
    parts.push(chunk.subarray(0, end));
    size += end;
    if (size >= batchBytes && end > 0) yield finish();
    parts.push(chunk.subarray(end));
    size += chunk.length - end;
    if (size > batchBytes + MAX_LINE_BYTES) {
      throw new FaultError('LINE_TOO_LONG', `Line ${firstLine + lines} is too long.`);
    }
  }
  if (size > 0) yield finish();
}
