import type { Precision } from '../ingest/dialects/said-time';
import { readLines, type LineProblem } from '../ingest/dialects/line-protocol';
import { LineSplitter, type Line } from '../ingest/dialects/line-splitter';
import { readPushBody } from './push-body';
import type { PushContext } from './push-context';
import type { PushIntake } from './push-intake';
import type { PushRequest } from './push-request';
import { tooManySamples } from './pushers';

/** The result of parsing the lines of one write; the intake has the rest. */
export interface LinesOutcome {
  isEmpty: boolean;
  /** The number of lines of which nothing is stored. */
  badLines: number;
  firstProblem: LineProblem | null;
}

/** Times in line protocol are accepted unchanged, because it comes from programs that buffer unsent data. */
const MAY_HAVE_WRONG_CLOCK = false;

/**
 * Reads a body of line protocol while it arrives; holds at most one piece and one line. Stops early if none of the body
 * may be stored, and slows down if it brings more than its devices may send.
 */
export async function takeLines(
  context: PushContext,
  push: PushRequest,
  intake: PushIntake,
  precision: Precision | null,
): Promise<LinesOutcome> {
  const { limits } = context;
  const outcome: LinesOutcome = { isEmpty: true, badLines: 0, firstProblem: null };
  const splitter = new LineSplitter(limits.pushLineLength);
  const decoder = new TextDecoder();
  let patienceMs = limits.pushPatienceMs;
  let bytes = 0;

  const take = (lines: Line[]): void => {
    if (lines.length === 0) return;
    const now = context.clock.now();
    const parsed = readLines(lines, { now, maxValues: Number.POSITIVE_INFINITY, precision });
    outcome.isEmpty &&= parsed.isEmpty;
    outcome.badLines += parsed.badLines + parsed.oddLines;
    outcome.firstProblem ??= parsed.problems[0] ?? parsed.odd;
    intake.take(parsed, MAY_HAVE_WRONG_CLOCK);
  };
  const mayGoOn = (): boolean => {
    if (intake.refusal?.status === 401 || intake.refusal?.status === 429) return false;
    return intake.refusal === null || intake.hasAdmitted || bytes <= limits.pushWaitingBytes;
  };

  const body = readPushBody(push.request, {
    maxBytes: limits.pushBytes,
    maxInflatedBytes: limits.pushInflatedBytes,
    maxRatio: limits.pushInflateRatio,
  });
  for await (const chunk of body) {
    bytes += chunk.length;
    take(splitter.push(decoder.decode(chunk, { stream: true })));
    if (!mayGoOn()) return outcome;
    const { owedMs } = intake;
    if (owedMs === 0) continue;
    if (owedMs > patienceMs) {
      intake.refusal = tooManySamples(owedMs);
      return outcome;
    }
    patienceMs -= owedMs;
    intake.owedMs = 0;
    await new Promise<void>((resolve) => context.clock.after(owedMs, resolve));
  }
  take(splitter.push(decoder.decode()));
  take(splitter.end());
  return outcome;
}
