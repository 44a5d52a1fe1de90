import { fail, succeed, type Result } from '@shared/errors';
import type { FileSink } from './file-sink';

/**
 * Reads `url` into `sink` chunk by chunk. `onProgress` gets the number of bytes so far. Error codes: `CANCELLED`;
 * `UNREACHABLE`; `CUT` if the connection broke off; `DISK` if the file could not be written; otherwise the hub's own.
 */
export async function download(
  url: string,
  sink: FileSink,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<Result<number>> {
  const result = await read(url, sink, signal, onProgress);
  if (!result.ok) await sink.discard();
  return result;
}

async function read(
  url: string,
  sink: FileSink,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<Result<number>> {
  const cancelled = fail('CANCELLED', 'The export was cancelled.');
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', cache: 'no-store', signal });
  } catch {
    return signal.aborted ? cancelled : fail('UNREACHABLE', 'The hub does not answer. Is it running?');
  }
  if (!response.ok || !response.body) return readFault(response);
  const reader = response.body.getReader();
  let bytes = 0;
  for (;;) {
    let piece: ReadableStreamReadResult<Uint8Array<ArrayBuffer>>;
    try {
      piece = await reader.read();
    } catch {
      if (signal.aborted) return cancelled;
      return fail('CUT', 'The connection was lost before the end. Nothing was saved.');
    }
    try {
      if (piece.done) {
        await sink.finish();
        return succeed(bytes);
      }
      await sink.write(piece.value);
    } catch {
      await reader.cancel().catch(() => undefined);
      return fail('DISK', 'The file could not be written. Is the disk full?');
    }
    bytes += piece.value.byteLength;
    onProgress(bytes);
  }
}

async function readFault(response: Response): Promise<Result<number>> {
  try {
    const { error } = JSON.parse(await response.text()) as { error?: { code?: unknown; message?: unknown } };
    if (error) return fail(String(error.code), String(error.message));
  } catch {
    // The answer is not from the hub, but probably from a proxy in between.
  }
  return fail('REFUSED', `The hub answered with status ${response.status}. Nothing was exported.`);
}
