import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * A client that reads nothing for this long is cut off, because the source of its answer stays open meanwhile.
 */
const MAX_STALL_MS = 5 * 60_000;

/**
 * Sends texts as fast as the client reads, letting other work run in between. Rejects, with nothing sent yet, if the
 * first text fails. If a later one fails, the connection is cut, so that half an answer is not taken for a complete
 * one. When the client disconnects, `source` is ended.
 */
export async function streamText(
  source: AsyncGenerator<string, void, undefined>,
  headers: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    let next = await source.next();
    response.statusCode = 200;
    response.setHeader('Cache-Control', 'no-store');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    for (; !next.done; next = await source.next()) {
      if (response.write(next.value)) await nextTurn();
      else if (!(await drained(response))) response.destroy();
      if (response.destroyed) return;
    }
    response.end();
  } catch (error) {
    if (response.destroyed) return;
    if (response.headersSent) response.destroy();
    throw error;
  } finally {
    await source.return();
  }
}

/** Waits until the client can take more; false if it disconnected or stalled instead. */
async function drained(response: ServerResponse): Promise<boolean> {
  if (response.destroyed) return false;
  const over = new AbortController();
  const stop = (): void => over.abort();
  const timer = setTimeout(stop, MAX_STALL_MS);
  response.once('close', stop);
  try {
    await once(response, 'drain', { signal: over.signal });
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    response.off('close', stop);
  }
}
