import { isUtf8 } from 'node:buffer';
import { FaultError } from '@shared/errors';
import { dialectOf, isUtf16 } from '../ingest/dialects';
import { gatherPushBody } from './push-body';
import { readInfluxPrecision } from './influx-precision';
import type { PushIntake } from './push-intake';
import type { PushRefusal } from './push-refusal';
import { answerJson, type PushRequest } from './push-request';
import { retryHeaders, takePush, type PushParts } from './take-push';

/** `POST /api/v1/samples`: the formats that a simple device sends over its WebSocket (JSON, NDJSON, line protocol). */
export function samples(parts: PushParts, push: PushRequest): Promise<void> {
  return takePush(parts, push, {
    async take(intake) {
      const { limits, clock } = parts.context;
      const precision = readInfluxPrecision(push.query.get('precision'), 2);
      const text = await gatherText(parts, push);
      if (text.trim() === '') throw new FaultError('EMPTY', 'The body is empty.');
      const dialect = dialectOf(text);
      if (dialect.name === 'text') {
        throw new FaultError(
          'NOT_METRICS',
          'The body is neither JSON nor line protocol. The right form is {"id":"attic","temp":21.5}.',
        );
      }
      const context = { now: clock.now(), maxValues: limits.seriesPerDevice, precision };
      intake.take(dialect.parse(text, context), dialect.mayHaveWrongClock);
    },
    taken: (intake) => answerTaken(push, intake),
    refused: (why) => refusePush(push, why),
  });
}

/** Reads a whole body as text. Throws like `readPushBody`. */
export async function gatherText({ context }: PushParts, push: PushRequest): Promise<string> {
  const { pushMessageBytes: maxBytes, pushInflateRatio: maxRatio } = context.limits;
  const body = await gatherPushBody(push.request, { maxBytes, maxInflatedBytes: maxBytes, maxRatio });
  if (!isUtf8(body)) throw new FaultError('NOT_UTF8', 'The body must be UTF-8.');
  const text = body.toString();
  if (isUtf16(text)) throw new FaultError('NOT_UTF8', 'The body is UTF-16; it must be UTF-8.');
  return text;
}

/** Reports how much was stored and how much was not; answers 400 only if nothing was stored. */
export function answerTaken(push: PushRequest, { samples: stored, dropped, faults }: PushIntake): void {
  const status = stored === 0 && faults.length > 0 ? 400 : 200;
  answerJson(push, status, { samples: stored, dropped, problems: faults });
}

export function refusePush(push: PushRequest, why: PushRefusal): void {
  const { status, code, message } = why;
  answerJson(push, status, { error: { code, message } }, retryHeaders(why));
}
