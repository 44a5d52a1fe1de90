import { isUtf8 } from 'node:buffer';
import type { ConnectionState, StateReason } from '@shared/model';
import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import { isRecord, parseAgentMessage, parseJson } from '@shared/protocol/parse';
import { messageCredentials, type Credentials } from '../admission/credentials';
import { TokenBucket } from '@shared/token-bucket';
import { BURST } from '../ingest/agent-ingest';
import type { Endpoint } from '../sessions/endpoint';
import type { Session } from '../sessions/session';
import type { AckQueue } from './ack-queue';
import type { AgentContext } from './agent-context';
import * as words from './agent-words';
import { Replies, type Conversation } from './conversation';
import { FullAgent } from './full-agent';
import { greetAgent } from './greeting';
import { SimpleClient } from './simple-client';

const HELLO_FIRST = {
  code: 'HELLO_FIRST',
  message: 'The first message of a wirewatch.v1 agent must be "hello".',
};

/**
 * The hub's end of a connection to `/agent`. It waits for the first message, which tells a full agent from a client that
 * just sends text, and hands everything on to the conversation that begins with it.
 */
export class AgentEndpoint implements Endpoint {
  readonly #session: Session;
  readonly #context: AgentContext;
  readonly #acks: AckQueue;
  readonly #header: Credentials;
  readonly #onIdentified: () => void;
  readonly #replies: Replies;
  readonly #messages: TokenBucket;
  #conversation: Conversation | null = null;

  /** `header` are the credentials of its upgrade; `onIdentified` is called once it has said who it is. */
  constructor(
    session: Session,
    context: AgentContext,
    acks: AckQueue,
    header: Credentials,
    onIdentified: () => void,
  ) {
    this.#session = session;
    this.#context = context;
    this.#acks = acks;
    this.#header = header;
    this.#onIdentified = onIdentified;
    this.#replies = new Replies(session, context);
    const { messagesPerSec } = context.limits;
    this.#messages = new TokenBucket(messagesPerSec, messagesPerSec * BURST, context.clock.monotonic());
  }

  get name(): string {
    return this.#conversation?.name ?? this.#session.facts.address;
  }

  get device(): string | null {
    return this.#conversation?.device ?? null;
  }

  get agent(): string | null {
    return this.#conversation?.agent ?? this.#session.facts.agent;
  }

  get clockOffsetMs(): number | null {
    return this.#conversation?.clockOffsetMs ?? null;
  }

  get intervalMs(): number | null {
    return this.#conversation?.intervalMs ?? null;
  }

  get state(): ConnectionState {
    return this.#conversation?.state ?? 'authenticating';
  }

  get reason(): StateReason | null {
    return this.#conversation?.reason ?? null;
  }

  message(data: Buffer, isBinary: boolean): void {
    // Stored because reading the clock costs more than most other work here.
    const at = this.#context.clock.monotonic();
    if (!this.#messages.take(1, at)) {
      this.#replies.fail(
        { code: 'RATE_LIMITED', message: 'Too many messages per second.' },
        CLOSE.rateLimited,
      );
      return;
    }
    if (this.#conversation) this.#conversation.message(data, isBinary, at);
    else this.#firstMessage(data, isBinary, at);
  }

  second(now: number): void {
    if (this.#conversation) {
      this.#conversation.second(now);
      return;
    }
    const { helloTimeoutMs, silenceMs } = this.#context.limits;
    const silentMs = now - this.#session.opened.time;
    // Who offers our protocol says hello at once. Telegraf and many boards are silent until they have data.
    if (silentMs >= (this.#isOurProtocol ? helloTimeoutMs : silenceMs)) {
      const message = describeCloseCode(CLOSE.helloTimeout);
      this.#replies.fail({ code: 'HELLO_TIMEOUT', message }, CLOSE.helloTimeout);
    }
  }

  clockSet(stepMs: number): void {
    this.#conversation?.clockSet(stepMs);
  }

  pong(): void {
    this.#conversation?.pong();
  }

  closed(reason: StateReason): void {
    this.#conversation?.closed(reason);
  }

  get #isOurProtocol(): boolean {
    return this.#session.protocol?.startsWith('wirewatch.') === true;
  }

  #firstMessage(data: Buffer, isBinary: boolean, at: number): void {
    if (isBinary && !isUtf8(data)) {
      this.#replies.refuse('NOT_UTF8', words.NOT_UTF8);
      return;
    }
    const json = parseJson(data.toString());
    const message = json.ok ? json.value : null;
    const isHello = isRecord(message) && message['type'] === 'hello';
    if (!isHello && this.#isOurProtocol) {
      this.#replies.fail(HELLO_FIRST, CLOSE.badMessage);
      return;
    }
    if (isHello) this.#hello(message);
    else {
      this.#conversation = new SimpleClient({
        session: this.#session,
        context: this.#context,
        replies: this.#replies,
        header: this.#header,
        onIdentified: this.#onIdentified,
      });
      this.#conversation.message(data, isBinary, at);
    }
  }

  #hello(message: Record<string, unknown>): void {
    const session = this.#session;
    const context = this.#context;
    const replies = this.#replies;
    const parsed = parseAgentMessage(message);
    if (!parsed.ok) return replies.fail(parsed.error, CLOSE.badMessage);
    if (parsed.value.type !== 'hello') return replies.failSilently('BLOCKED');
    const hello = parsed.value;
    const verdict = greetAgent(context, session, hello, messageCredentials(message, this.#header));
    if (verdict.kind === 'refused') replies.fail(verdict.fault, verdict.closeCode);
    else if (verdict.kind === 'rejected') {
      session.send({ type: 'admission', state: 'rejected' });
      replies.fail(words.REJECTED, CLOSE.policy);
    } else if (verdict.kind === 'blocked') replies.failSilently('BLOCKED');
    else {
      const { device, needsKey, code } = verdict;
      const agent = new FullAgent({ session, context, replies, acks: this.#acks, device, hello, code });
      this.#conversation = agent;
      if (agent.start(needsKey)) this.#onIdentified();
    }
  }
}
