import type { ConnectionState, StateReason } from '@shared/model';
import type { Fault } from '@shared/errors';
import { CLOSE, type CloseCode } from '@shared/protocol/close-codes';
import type { AgentContext } from './agent-context';
import type { Session } from '../sessions/session';
import { Notices } from './notices';

/** What a connection turned out to be after its first message: a full agent, or a client that just sends text. */
export interface Conversation {
  readonly name: string;
  /** The device that it speaks for, or the first of several. */
  readonly device: string | null;
  readonly agent: string | null;
  readonly state: ConnectionState;
  readonly reason: StateReason | null;
  readonly clockOffsetMs: number | null;
  readonly intervalMs: number | null;
  /** Takes a message that arrived at `at`, monotonic ms. */
  message(data: Buffer, isBinary: boolean, at: number): void;
  /** Call once a second; `now` is ms since the epoch. */
  second(now: number): void;
  /** The hub's clock was set by this much, forward or back when negative. */
  clockSet(stepMs: number): void;
  pong(): void;
  closed(reason: StateReason): void;
}

/** How a conversation answers its client: with notices, or with an error and the end of the connection. */
export class Replies {
  readonly #session: Session;
  readonly #context: AgentContext;
  readonly #notices: Notices;

  constructor(session: Session, context: AgentContext) {
    this.#session = session;
    this.#context = context;
    this.#notices = new Notices(session, context);
  }

  /** Says what was not taken. */
  refuse(code: string, message: string, seq?: number): void {
    this.#notices.refuse(code, message, seq);
  }

  /** Says why, and closes. */
  fail({ code, message }: Fault, closeCode: CloseCode): void {
    this.#session.refused++;
    this.#context.refused.add(code, this.#session.client);
    this.#session.send({ type: 'error', code, message });
    this.#session.close(closeCode, message.slice(0, 100));
  }

  /** Closes without a word: the client must not be answered. */
  failSilently(code: string): void {
    this.#context.refused.add(code, this.#session.client);
    this.#session.close(CLOSE.policy, '');
  }
}
