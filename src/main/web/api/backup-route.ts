import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import { fail, succeed, type Result } from '@shared/errors';
import { BACKUP_LIMITS } from '@shared/protocol/limits';
import type { PreparedBackup } from '../../hub/backup/make-backup';
import { backupFileName } from '../../hub/backup/describe-backup';
import type { Caller, Hub } from '../../hub/hub-contract';
import { readBody } from '../read-body';
import { streamText } from './stream-text';

const MAX_BODY_BYTES = 4_096;
const wishSchema = v.strictObject({
  history: v.optional(v.boolean(), true),
  passphrase: v.optional(v.pipe(v.string(), v.maxLength(2 * BACKUP_LIMITS.passphraseMax))),
});

/**
 * `POST /api/v1/backup` makes a backup and sends it; `GET` with a ticket sends one that a page had made. For admins
 * alone. Fails with `NOT_ALLOWED`, `NO_SUCH_BACKUP`, with the faults of a body, or with those of `hub.prepareBackup`.
 */
export async function sendBackup(
  hub: Hub,
  caller: Caller,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Result<null>> {
  if (caller.role !== 'admin') return fail('NOT_ALLOWED', 'Viewers cannot make backups.');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const prepared =
    request.method === 'POST'
      ? await make(hub, caller, request, gone.signal)
      : held(hub, query.get('ticket'));
  if (!prepared.ok) return prepared;
  const { manifest, bytes, read, dispose } = prepared.value;
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(bytes),
    'Content-Disposition': `attachment; filename="${backupFileName(manifest)}"`,
  };
  try {
    await streamText(read(), { headers, unreadMs: hub.limits.unreadMs }, request, response);
  } finally {
    dispose();
  }
  return succeed(null);
}

async function make(
  hub: Hub,
  caller: Caller,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Result<PreparedBackup>> {
  // A page from another site cannot send this type without a CORS preflight (Fetch, "CORS-safelisted").
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json') {
    return fail('BAD_MEDIA_TYPE', 'The body must be application/json.');
  }
  const body = await readBody(request, MAX_BODY_BYTES);
  if (!body.ok) return body;
  const wish = v.safeParse(wishSchema, jsonOf(body.value));
  if (!wish.success) {
    return fail(
      'BAD_PARAMETER',
      'The body must be an object with "history", true or false, and "passphrase", a text.',
    );
  }
  const { history, passphrase = null } = wish.output;
  return hub.prepareBackup({ withHistory: history, passphrase, signal }, caller);
}

function held(hub: Hub, ticket: string | null): Result<PreparedBackup> {
  const backup = ticket === null ? null : hub.collectBackup(ticket);
  if (backup) return succeed(backup);
  return fail('NO_SUCH_BACKUP', 'This backup is not there any more. Make another one.');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
