import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import type { Clock } from '@shared/clock';
import { parseJson } from '@shared/protocol/parse';

/** An HTTP answer to a request for a WebSocket. */
export interface HttpRefusal {
  status: number;
  /** The hub's code; null if the answer is not from a hub. */
  code: string | null;
}

const MAX_BODY_BYTES = 4_096;

const hubAnswer = v.object({
  error: v.object({ code: v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]{0,63}$/)) }),
});

/**
 * Finds out who refused an upgrade: a hub says so in the body. Waits at most `patienceMs` for the body; never rejects.
 */
export async function readRefusal(
  response: IncomingMessage,
  clock: Clock,
  patienceMs: number,
): Promise<HttpRefusal> {
  const body = await new Promise<string>((resolve) => {
    let text = '';
    const done = (): void => {
      cancel();
      resolve(text);
    };
    const cancel = clock.after(patienceMs, done);
    response.setEncoding('utf8');
    response.on('data', (piece: string) => {
      text += piece;
      if (text.length > MAX_BODY_BYTES) done();
    });
    response.once('end', done);
    response.once('error', done);
    response.once('close', done);
  });
  const json = body.length > MAX_BODY_BYTES ? null : parseJson(body);
  const parsed = v.safeParse(hubAnswer, json?.ok ? json.value : null);
  return { status: response.statusCode ?? 0, code: parsed.success ? parsed.output.error.code : null };
}
