import { BoundedMap } from '@shared/bounded-map';
import type { AgentContext } from './agent-context';
import type { Session } from '../sessions/session';

/** The minimum time between notices of one kind to one agent, ms; suppressed ones are still counted. */
const NOTICE_EVERY_MS = 1_000;
const MAX_NOTICE_CODES = 32;

/** Tells an agent what was not accepted, and why. */
export class Notices {
  readonly #session: Session;
  readonly #context: AgentContext;
  readonly #sentAt = new BoundedMap<string, number>(MAX_NOTICE_CODES);

  constructor(session: Session, context: AgentContext) {
    this.#session = session;
    this.#context = context;
  }

  /** Sends a notice. One with a `seq` is always sent, because it is an answer. */
  refuse(code: string, message: string, seq?: number): void {
    this.#session.refused++;
    this.#context.refused.add(code, this.#session.client);
    const now = this.#context.clock.monotonic();
    const last = this.#sentAt.get(code);
    if (seq === undefined && last !== undefined && now - last < NOTICE_EVERY_MS) return;
    this.#sentAt.set(code, now);
    this.#session.send({ type: 'notice', code, message, ...(seq === undefined ? {} : { seq }) });
  }
}
