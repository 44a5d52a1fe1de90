import { FaultError } from '@shared/errors';
import { logFault, type Logger } from '@shared/logger';
import { pushCredentials } from './push-credentials';
import type { PushContext } from './push-context';
import { PushIntake } from './push-intake';
import { refusal, type PushRefusal, type RefusalStatus } from './push-refusal';
import type { PushRequest } from './push-request';
import type { PushTurns } from './push-turns';
import type { Pushers } from './pushers';

export interface PushParts {
  context: PushContext;
  pushers: Pushers;
  turns: PushTurns;
  log: Logger;
}

/** Reads and answers the pushes of one format. Throws a `FaultError` if it cannot read one. */
export interface PushHandler {
  /** Reads the body into the intake. */
  take(intake: PushIntake): Promise<void>;
  /** Answers after the whole body was read. Some of it may not have been stored; the intake has the details. */
  taken(intake: PushIntake): void;
  refused(why: PushRefusal): void;
}

/** When to try again if nothing can be stored now, s. */
const NOT_STORED_RETRY_SEC = 10;

const STATUS_OF: Readonly<Record<string, RefusalStatus>> = {
  BODY_TOO_LARGE: 413,
  BAD_ENCODING: 415,
  BAD_MEDIA_TYPE: 415,
  TOO_SLOW: 408,
};

/** Handles the steps that all pushes share, whatever their format: turn, deadline, credentials, answer. */
export async function takePush(parts: PushParts, push: PushRequest, handler: PushHandler): Promise<void> {
  const { context, pushers, turns, log } = parts;
  const { address } = push.origin;
  const refuse = (why: PushRefusal): void => {
    context.refused.add(why.code, push.client);
    handler.refused(why);
  };
  const { notStored } = context.series.recorder;
  if (notStored) return refuse(refusal(503, notStored.code, notStored.message, NOT_STORED_RETRY_SEC));
  const busy = turns.enter(address);
  if (busy) return refuse(busy);
  const late = context.clock.after(context.limits.pushTimeoutMs, () => {
    refuse(refusal(408, 'TOO_SLOW', 'The request took too long to arrive.'));
  });
  try {
    const shown = pushCredentials(push.request.headers, push.query);
    const intake = new PushIntake({ context, pushers, origin: push.origin, client: push.client, shown });
    await handler.take(intake);
    const { refusal: why } = intake;
    // If other devices were admitted, the refused ones are reported like invalid lines.
    if (why && (why.status !== 403 || !intake.hasAdmitted)) handler.refused(why);
    else {
      if (why) intake.remark({ code: why.code, message: why.message });
      handler.taken(intake);
    }
  } catch (error) {
    if (!(error instanceof FaultError)) {
      logFault(log, 'PUSH_FAILED', 'A push could not be taken in.', error, { path: push.path });
      push.response.destroy();
      return;
    }
    refuse(refusal(STATUS_OF[error.code] ?? 400, error.code, error.message));
  } finally {
    late();
    turns.leave(address);
  }
}

/** Returns the headers that say when to try again. */
export function retryHeaders({ retryAfterSec }: PushRefusal): Record<string, string> {
  return retryAfterSec === null ? {} : { 'Retry-After': String(retryAfterSec) };
}
