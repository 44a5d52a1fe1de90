import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { QuerySeries } from '@shared/model';

/** Texts larger than this are sent before more is added to them. */
const CHUNK_CHARS = 64 * 1024;

/**
 * Sends a query's answer series by series, as fast as the client reads, so that a large one neither holds up the
 * agents nor fills memory with its text. Rejects, with nothing sent yet, when the first series cannot be had.
 */
export async function streamQuery(
  source: AsyncGenerator<QuerySeries>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let next = await source.next();
  response.statusCode = 200;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let text = '{"series":[';
  for (let isFirst = true; !next.done; isFirst = false, next = await source.next()) {
    text += `${isFirst ? '' : ','}${JSON.stringify(next.value)}`;
    if (text.length < CHUNK_CHARS) continue;
    const goesOn = response.write(text);
    text = '';
    if (goesOn) await nextTurn();
    else if (!(await drained(response, gone.signal))) return;
  }
  response.end(`${text}]}\n`);
}

/** False when the client went away instead. */
async function drained(response: ServerResponse, signal: AbortSignal): Promise<boolean> {
  try {
    await once(response, 'drain', { signal });
    return true;
  } catch {
    return false;
  }
}
