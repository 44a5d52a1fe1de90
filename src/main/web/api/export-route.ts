import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Result } from '@shared/errors';
import { MEDIA_TYPES } from '../../hub/export/export-contract';
import type { Hub } from '../../hub/hub-contract';
import { exportFileName, parseExport } from './export-params';
import { streamText } from './stream-text';

/** `/api/v1/export`: sends every sample of a range as a file. */
export async function sendExport(
  hub: Hub,
  query: URLSearchParams,
  nowMs: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Result<null>> {
  const parsed = parseExport(query, nowMs);
  if (!parsed.ok) return parsed;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const headers = {
    'Content-Type': MEDIA_TYPES[parsed.value.format],
    'Content-Disposition': `attachment; filename="${exportFileName(parsed.value)}"`,
  };
  await streamText(hub.exportSamples(parsed.value, gone.signal), headers, request, response);
  return { ok: true, value: null };
}
