import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Result } from '@shared/errors';
import { MEDIA_TYPES } from '../../hub/export/export-contract';
import type { Hub } from '../../hub/hub-contract';
import { exportFileName, parseExport } from './export-params';
import type { ExportClient, ExportSeats } from './export-seats';
import { streamText } from './stream-text';

/** `/api/v1/export`: sends every sample of a range as a file. Fails with `TOO_MANY_EXPORTS`, too. */
export async function sendExport(
  hub: Hub,
  seats: ExportSeats,
  client: ExportClient,
  query: URLSearchParams,
  nowMs: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Result<null>> {
  const parsed = parseExport(query, nowMs);
  if (!parsed.ok) return parsed;
  const seat = seats.enter(client, () => response.destroy());
  if (!seat.ok) return seat;
  const { waiting: onWaiting, leave } = seat.value;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const headers = {
    'Content-Type': MEDIA_TYPES[parsed.value.format],
    'Content-Disposition': `attachment; filename="${exportFileName(parsed.value)}"`,
  };
  const { unreadMs } = hub.limits;
  try {
    const texts = hub.exportSamples(parsed.value, gone.signal);
    await streamText(texts, { headers, unreadMs, onWaiting }, request, response);
  } finally {
    leave();
  }
  return { ok: true, value: null };
}
