import { BoundedMap } from '@shared/bounded-map';
import type { AgentContext } from './agent-context';
import type { Session } from '../sessions/session';

/** The minimum time between notices of one kind to one agent, ms; suppressed ones are still counted. */
const NOTICE_EVERY_MS = 1_000;
/** The same for what a sender does wrong with each message until somebody mends it: a dead sensor, a clock that is off. */
const LASTING_EVERY_MS = 60_000;
const LASTING: ReadonlySet<string> = new Set([
  'NOT_A_NUMBER',
  'NUMBER_GUESSED',
  'NUMBER_AMBIGUOUS',
  'BAD_TIME',
  'TIME_AHEAD',
  'TIME_NOT_UNDERSTOOD',
  'TIME_UNIT_GUESSED',
]);
const MAX_NOTICE_CODES = 32;

type NoticeSession = Pick<Session, 'refused' | 'client' | 'send'>;
type NoticeContext = Pick<AgentContext, 'clock'> & { readonly refused: Pick<AgentContext['refused'], 'add'> };

/** Tells an agent what was not accepted, and why. */
export class Notices {
  readonly #session: NoticeSession;
  readonly #context: NoticeContext;
  readonly #sent = new BoundedMap<string, { at: number; words: string }>(MAX_NOTICE_CODES);

  constructor(session: NoticeSession, context: NoticeContext) {
    this.#session = session;
    this.#context = context;
  }

  /** Sends a notice. One with a `seq` is always sent, because it is an answer. */
  refuse(code: string, message: string, seq?: number): void {
    this.#session.refused++;
    this.#context.refused.add(code, this.#session.client);
    const now = this.#context.clock.monotonic();
    // Places and amounts change with each message; what is wrong stays.
    const words = message.replace(/\d+/g, '');
    const last = this.#sent.get(code);
    const everyMs = LASTING.has(code) && last?.words === words ? LASTING_EVERY_MS : NOTICE_EVERY_MS;
    if (seq === undefined && last && now - last.at < everyMs) return;
    this.#sent.set(code, { at: now, words });
    this.#session.send({ type: 'notice', code, message, ...(seq === undefined ? {} : { seq }) });
  }
}
