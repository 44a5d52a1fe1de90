import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { fail, FaultError, succeed, toFault, type Result } from '@shared/errors';
import { DEVICE_ID } from '@shared/protocol/agent-messages';
import type { ImportOptions, ImportSummary } from '../../hub/export/export-contract';
import type { Hub } from '../../hub/hub-contract';
import { checkNames } from './query-params';

/** A client that sends nothing for this long, although it may, is cut off. */
const MAX_IDLE_MS = 30_000;
/** How much longer a refused body is still read, ms. */
const MAX_DRAIN_MS = 5_000;

/**
 * `POST /api/v1/import`: stores an NDJSON export, reading the body only as fast as the disk accepts it. Fails with
 * `BAD_MEDIA_TYPE`, `BAD_ENCODING`, `CUT_OFF`, the error of a parameter, or the errors of `importSamples`.
 */
export async function takeImport(
  hub: Hub,
  query: URLSearchParams,
  request: IncomingMessage,
): Promise<Result<ImportSummary>> {
  // A page from another site cannot send this type without a CORS preflight (Fetch, "CORS-safelisted").
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/x-ndjson') {
    return fail('BAD_MEDIA_TYPE', 'The body must be application/x-ndjson.');
  }
  const coding = request.headers['content-encoding'] ?? 'identity';
  if (coding.trim().toLowerCase() !== 'identity') {
    return fail('BAD_ENCODING', 'The body must not be compressed: send it without Content-Encoding.');
  }
  const options = parseOptions(query);
  if (!options.ok) return options;
  hub.allowLongBody(request);
  try {
    return succeed(await hub.importSamples(chunksOf(request), options.value));
  } catch (error) {
    const fault = toFault(error);
    if (fault.code === 'INTERNAL') throw error;
    return { ok: false, error: fault };
  }
}

function parseOptions(query: URLSearchParams): Result<ImportOptions> {
  const names = checkNames(query, ['device', 'line']);
  if (!names.ok) return names;
  const device = query.get('device') || undefined;
  if (device !== undefined && !DEVICE_ID.test(device)) {
    return fail(
      'BAD_PARAMETER',
      'The parameter "device" must be 1 to 64 characters from A-Z a-z 0-9 . _ : -.',
    );
  }
  const line = query.get('line') ?? '1';
  if (!/^[1-9]\d{0,14}$/.test(line)) {
    return fail('BAD_PARAMETER', 'The parameter "line" must be a whole number of at least 1.');
  }
  return succeed({ device, firstLine: Number(line) });
}

/** Yields the body, piece by piece. Fails with `CUT_OFF` when the client disconnects or stalls. */
async function* chunksOf(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  const chunks = request.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const timer = setTimeout(() => request.destroy(), MAX_IDLE_MS);
      const next = await chunks.next().finally(() => clearTimeout(timer));
      if (next.done) return;
      yield next.value as Uint8Array;
    }
  } catch (error) {
    if (request.complete) throw error;
    throw new FaultError('CUT_OFF', 'The body was cut off.');
  } finally {
    await chunks.return?.();
  }
}

/**
 * Reads on and discards the data, so that a client that is still sending gets to see why it was refused: the
 * connection ends with the answer. Bounded; never rejects.
 */
export async function drainBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  request.resume();
  const signal = AbortSignal.timeout(MAX_DRAIN_MS);
  await once(request, 'end', { signal }).catch(() => {});
}
