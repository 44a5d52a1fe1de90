import { readCollectd } from '../ingest/dialects/collectd';
import type { PushRequest } from './push-request';
import { answerTaken, gatherText, refusePush } from './samples-route';
import { takePush, type PushParts } from './take-push';

/** collectd keeps no backlog, so a time that is far off comes from a wrong clock. */
const MAY_HAVE_WRONG_CLOCK = true;

/** `POST /collectd`: receives the output of collectd's plugin `write_http`, as JSON or as PUTVAL lines. */
export function collectd(parts: PushParts, push: PushRequest): Promise<void> {
  return takePush(parts, push, {
    async take(intake) {
      const text = await gatherText(parts, push);
      const { limits, clock } = parts.context;
      const context = { now: clock.now(), maxValues: limits.seriesPerDevice, precision: null };
      const parsed = readCollectd(text, context);
      intake.take(parsed, MAY_HAVE_WRONG_CLOCK, parsed.drafts);
    },
    taken: (intake) => answerTaken(push, intake),
    refused: (why) => refusePush(push, why),
  });
}
