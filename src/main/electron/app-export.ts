import type { Clock } from '@shared/clock';
import { systemClock } from '@shared/clock';
import { isExpected, toFault, type Fault } from '@shared/errors';
import { logFault } from '@shared/logger';
import { MEDIA_TYPES } from '../hub/export/export-contract';
import type { Hub } from '../hub/hub-contract';
import { backupFileName } from '../hub/backup/describe-backup';
import { exportFileName, parseExport } from '../web/api/export-params';

export const EXPORT_PATH = '/api/v1/export';

export const BACKUP_PATH = '/api/v1/backup';

/** Answers `app://wirewatch/api/v1/export?…` with the same parameters and results as over HTTP. */
export type AppExport = (url: URL, method: string) => Promise<Response>;

export function createAppExport(
  hub: Pick<Hub, 'exportSamples' | 'collectBackup' | 'log'>,
  clock: Pick<Clock, 'now'> = systemClock,
): AppExport {
  return async (url, method) => {
    if (url.pathname === BACKUP_PATH) return sendBackup(hub, url.searchParams.get('ticket'), method);
    const parsed = parseExport(url.searchParams, clock.now());
    if (!parsed.ok) return refuse(400, parsed.error);
    const gone = new AbortController();
    const texts = hub.exportSamples(parsed.value, gone.signal);
    try {
      const first = await texts.next();
      const headers = {
        'Content-Type': MEDIA_TYPES[parsed.value.format],
        'Content-Disposition': `attachment; filename="${exportFileName(parsed.value)}"`,
        'Cache-Control': 'no-store',
      };
      if (method === 'HEAD') {
        await texts.return();
        return new Response(null, { headers });
      }
      return new Response(streamOf(first, texts, gone), { headers });
    } catch (error) {
      const fault = toFault(error);
      if (!isExpected(error)) logFault(hub.log, 'REQUEST_FAILED', 'An export failed.', error);
      return refuse(fault.code === 'NO_SUCH_DEVICE' ? 404 : 503, fault);
    }
  };
}

/** Answers `app://wirewatch/api/v1/backup?ticket=…` with the backup that the page had made. */
function sendBackup(hub: Pick<Hub, 'collectBackup'>, ticket: string | null, method: string): Response {
  const backup = ticket === null || method !== 'GET' ? null : hub.collectBackup(ticket);
  if (!backup) {
    const message = 'This backup is not there any more. Make another one.';
    return refuse(404, { code: 'NO_SUCH_BACKUP', message });
  }
  const pieces = backup.read();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await pieces.next();
          if (!done) return controller.enqueue(value);
          backup.dispose();
          controller.close();
        } catch (error) {
          backup.dispose();
          throw error;
        }
      },
      async cancel() {
        await pieces.return();
        backup.dispose();
      },
    },
    { highWaterMark: 1 },
  );
  return new Response(stream, {
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(backup.bytes),
      'Content-Disposition': `attachment; filename="${backupFileName(backup.manifest)}"`,
      'Cache-Control': 'no-store',
    },
  });
}

/** A stream of bytes produced on demand; reading ends when the page or the user cancels. */
function streamOf(
  first: IteratorResult<string, void>,
  texts: AsyncGenerator<string, void, undefined>,
  gone: AbortController,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<string, void>> = Promise.resolve(first);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await next;
        if (done) return controller.close();
        controller.enqueue(encoder.encode(value));
        next = texts.next();
        // The next pull reports its failure, but there may be no next pull.
        next.catch(() => {});
      },
      async cancel() {
        gone.abort();
        await next.catch(() => {});
        await texts.return();
      },
    },
    { highWaterMark: 1 },
  );
}

function refuse(status: number, { code, message }: Fault): Response {
  return Response.json({ error: { code, message } }, { status });
}
