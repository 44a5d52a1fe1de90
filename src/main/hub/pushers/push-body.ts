import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { FaultError } from '@shared/errors';

export interface BodyLimits {
  /** The limit before decompression. */
  maxBytes: number;
  /** The limit after decompression. */
  maxInflatedBytes: number;
  /** The largest ratio of decompressed to compressed size. */
  maxRatio: number;
}

/** A body that decompresses to less than this is never treated as a bomb, bytes. */
const RATIO_FROM_BYTES = 64 * 1024;

/**
 * Yields the body of a request piece by piece, decompressed, and read no faster than it is consumed. Throws a
 * `FaultError`: `BODY_TOO_LARGE`, `BAD_ENCODING` (not gzip), `BAD_GZIP` or `CUT_OFF`. It never destroys the request, so
 * that the sender gets its answer.
 */
export async function* readPushBody(request: IncomingMessage, limits: BodyLimits): AsyncGenerator<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limits.maxBytes) throw tooLarge(limits.maxBytes, 'as sent');
  const wire = { bytes: 0 };
  if (encoding === 'identity' || encoding === '') {
    const most = Math.min(limits.maxBytes, limits.maxInflatedBytes);
    yield* countedBody(request, most, wire);
    return;
  }
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new FaultError('BAD_ENCODING', 'The body must be sent as it is, or as gzip.');
  }
  const gunzip = createGunzip();
  const piped = pipeline(countedBody(request, limits.maxBytes, wire), gunzip);
  // The loop below throws its error.
  piped.catch(() => {});
  let inflated = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      inflated += chunk.length;
      if (inflated > limits.maxInflatedBytes) throw tooLarge(limits.maxInflatedBytes, 'uncompressed');
      if (inflated > RATIO_FROM_BYTES && inflated > wire.bytes * limits.maxRatio) {
        throw new FaultError(
          'BODY_TOO_LARGE',
          `The body is compressed more than ${limits.maxRatio} times, which measurements never are.`,
        );
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof FaultError) throw error;
    throw new FaultError('BAD_GZIP', 'The body is not valid gzip.');
  } finally {
    gunzip.destroy();
  }
}

async function* countedBody(
  request: IncomingMessage,
  maxBytes: number,
  wire: { bytes: number },
): AsyncGenerator<Buffer> {
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  try {
    for (;;) {
      const next = await chunks.next().catch(() => {
        throw new FaultError('CUT_OFF', 'The body was cut off.');
      });
      if (next.done) return;
      wire.bytes += next.value.length;
      if (wire.bytes > maxBytes) throw tooLarge(maxBytes, 'as sent');
      yield next.value;
    }
  } finally {
    await chunks.return?.();
  }
}

/** Reads a whole body. Throws like {@link readPushBody}. */
export async function gatherPushBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readPushBody(request, limits)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function tooLarge(maxBytes: number, how: string): FaultError {
  return new FaultError('BODY_TOO_LARGE', `The body can have at most ${maxBytes} bytes ${how}.`);
}
