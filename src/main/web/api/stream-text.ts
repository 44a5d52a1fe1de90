import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoopTurns } from './loop-turns';

/** Shared by all answers, as the event loop is. */
const turns = new LoopTurns();

export interface StreamOptions {
  headers: Readonly<Record<string, string>>;
  /**
   * A client that does not read one text in this time is cut off, ms: the source of its answer stays open and holds
   * memory meanwhile.
   */
  unreadMs: number;
  /** Called when the client does not read what was sent, and when it does so again. */
  onWaiting?: (isWaiting: boolean) => void;
}

/**
 * Sends texts as fast as the client reads, letting other work run in between. Rejects, with nothing sent yet, if the
 * first text fails. If a later one fails, the connection is cut, so that half an answer is not taken for a complete
 * one. When the client disconnects, `source` is ended.
 */
export async function streamText(
  source: AsyncGenerator<string | Uint8Array, void, undefined>,
  { headers, unreadMs, onWaiting = () => {} }: StreamOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await turns.next();
    let next = await source.next();
    response.statusCode = 200;
    response.setHeader('Cache-Control', 'no-store');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    for (; !next.done; next = await source.next()) {
      if (!response.write(next.value)) {
        onWaiting(true);
        if (!(await drained(response, unreadMs))) response.destroy();
        onWaiting(false);
      }
      await turns.next();
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
async function drained(response: ServerResponse, unreadMs: number): Promise<boolean> {
  if (response.destroyed) return false;
  const over = new AbortController();
  const stop = (): void => over.abort();
  const timer = setTimeout(stop, unreadMs);
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
