import { BoundedMap } from '@shared/bounded-map';
import type { Clock } from '@shared/clock';
import { groupCode } from '@shared/group-code';
import type { EventMessage, HelloMessage } from '@shared/protocol/agent-messages';
import { CLOSE } from '@shared/protocol/close-codes';
import type { WelcomeMessage } from '@shared/protocol/hub-messages';
import { parseHubMessage } from '@shared/protocol/parse';
import { adviceFor } from './advice';
import type { CodeExchange } from './code-exchange';
import type { Link } from './connection';
import type { EventQueue } from './event-queue';
import type { HubBudget } from './hub-budget';
import type { HubClock } from './hub-clock';
import { hubText, type HubLog } from './hub-log';
import type { RowQueue } from './queue';
import type { RequestHandler } from './requests';
import { RowSender } from './row-sender';

/** The admission state of one connection. */
export type Admission =
  | { state: 'approved'; session: string }
  /**
   * `code`: the digits to compare. `mismatch`: over TLS the hub shows different ones, so somebody may be intercepting
   * the connection.
   */
  | { state: 'pending'; session: string; code: string | null; mismatch: boolean }
  | { state: 'rejected' };

export interface SessionOptions {
  link: Link;
  queue: RowQueue;
  events: EventQueue;
  clock: Clock;
  hubClock: HubClock;
  log: HubLog;
  budget: Pick<HubBudget, 'admission' | 'key'>;
  welcomeMs: number;
  hello: Omit<HelloMessage, 'type' | 'now' | 'stream'>;
  /** Derives the digits over an encrypted connection; null for a plain one, where the hub chooses them. */
  codeExchange: CodeExchange | null;
  handleRequest: RequestHandler;
  onAdmission(admission: Admission): void;
  onInterval(intervalMs: number): void;
  onKey(key: string): void;
}

/** Notices with the same code are logged at most once in this time. */
const REPEAT_NOTICE_MS = 60_000;
const MAX_NOTICE_CODES = 64;

/** The agent's side of `wirewatch.v1` over one connection. Rows are sent only while the device is approved. */
export class Session {
  readonly #options: SessionOptions;
  readonly #helloStream: string;
  readonly #helloAt: number;
  readonly #cancelWelcome: () => void;
  readonly #noticedAt = new BoundedMap<string, number>(MAX_NOTICE_CODES);
  #welcome: WelcomeMessage | null = null;
  #sender: RowSender | null = null;
  #ended = false;

  constructor(options: SessionOptions) {
    const { link, queue, clock, hello, welcomeMs } = options;
    this.#options = options;
    this.#helloStream = queue.currentStream;
    this.#helloAt = clock.monotonic();
    this.#cancelWelcome = clock.after(welcomeMs, () =>
      link.close(CLOSE.goingAway, 'the hub did not answer hello in time'),
    );
    const message: HelloMessage = {
      type: 'hello',
      ...hello,
      now: clock.now(),
      stream: this.#helloStream,
      ...(options.codeExchange && { pairing: options.codeExchange.commitment }),
    };
    link.send(JSON.stringify(message));
  }

  /** Tells the session that the queue has a new row. */
  rowAdded(): void {
    this.#sender?.sendLive();
  }

  /** Tells the session that there is a new event. Events are sent only while the device is approved. */
  eventAdded(): void {
    if (this.#sender === null) return;
    const { link, events, hubClock } = this.#options;
    for (const { level, text, t } of events.take()) {
      const message: EventMessage = { type: 'event', ts: hubClock.toHub(t), level, text };
      link.send(JSON.stringify(message));
    }
  }

  receive(text: string): void {
    const parsed = parseHubMessage(text);
    if (!parsed.ok) {
      // Newer hubs may send messages that older agents do not know.
      if (parsed.error.code !== 'UNKNOWN_TYPE' && this.#isNews(parsed.error.code)) {
        this.#options.log.warn(`the hub sent what is no message: ${hubText(parsed.error.message)}`);
      }
      return;
    }
    const message = parsed.value;
    const { log, hubClock, onInterval } = this.#options;
    switch (message.type) {
      case 'welcome':
        this.#welcomed(message);
        return;
      case 'admission':
        if (!this.#mayDecide()) return;
        if (message.key !== undefined) this.#takeKey(message.key);
        if (message.nonce === undefined) this.#admit(message.state, message.code ?? null);
        else this.#reveal(message.nonce);
        return;
      case 'ack':
        this.#sender?.acknowledge(message.stream, message.seq);
        return;
      case 'clock':
        hubClock.set(message.hubTime);
        return;
      case 'configure':
        onInterval(message.intervalMs);
        return;
      case 'request':
        void this.#answer(message.id, message.method, message.params);
        return;
      case 'notice':
        // A hub that does not understand backlog progress can do without it.
        if (message.code === 'UNKNOWN_TYPE') this.#sender?.stopProgress();
        else if (this.#isNews(message.code))
          log.warn(`the hub says: ${hubText(message.message)}`, { code: message.code });
        return;
      case 'error':
        this.#failed(message.code, message.message);
    }
  }

  end(): void {
    this.#ended = true;
    this.#cancelWelcome();
    this.#stopSending();
  }

  #welcomed(message: WelcomeMessage): void {
    if (this.#welcome || !this.#mayDecide()) return;
    this.#cancelWelcome();
    this.#welcome = message;
    const { clock, hubClock, onInterval } = this.#options;
    hubClock.welcome(message.hubTime, clock.monotonic() - this.#helloAt);
    onInterval(message.intervalMs);
    this.#admit(message.state, null);
  }

  /** A hub decides a few times about a device. One that goes on and on is no hub to stay with. */
  #mayDecide(): boolean {
    const { budget, link } = this.#options;
    const may = budget.admission();
    if (!may) link.cut('it changes its mind about this device again and again');
    return may;
  }

  /** A hub gives a device its key once it is approved, and another one when the user asks for it. */
  #takeKey(key: string): void {
    const { budget, log, onKey } = this.#options;
    if (budget.key()) onKey(key);
    else if (this.#isNews('KEY')) log.warn('the hub sends one key after another; this one was ignored');
  }

  #reveal(hubNonce: string): void {
    const nonce = this.#options.codeExchange?.hear(hubNonce) ?? null;
    if (nonce !== null) this.#options.link.send(JSON.stringify({ type: 'pairing', nonce }));
  }

  #failed(code: string, message: string): void {
    const { log } = this.#options;
    if (!this.#isNews(code)) return;
    log.error(`the hub says: ${hubText(message)}`, { code });
    const advice = adviceFor(code);
    if (advice !== null) log.error(advice, { code });
  }

  #admit(state: 'approved' | 'pending' | 'rejected', code: string | null): void {
    if (this.#ended) return;
    const { link, queue, hubClock, clock, log, codeExchange, onAdmission } = this.#options;
    const welcome = this.#welcome;
    if (state === 'rejected') {
      // A device that was rejected earlier gets this instead of a welcome.
      this.#cancelWelcome();
      this.#stopSending();
      onAdmission({ state });
      return;
    }
    if (!welcome) return;
    if (state === 'approved') {
      this.#sender ??= new RowSender(link, queue, hubClock, this.#helloStream, welcome, clock);
      onAdmission({ state, session: welcome.session });
      this.eventAdded();
      return;
    }
    this.#stopSending();
    // Over TLS, digits that this end did not derive itself prove nothing, unless the other end is vouched for. Then it
    // may be a reverse proxy that ends TLS: the hub derives other digits or none, and its messages come only through
    // that proxy.
    const derived = codeExchange?.code ?? null;
    const own = codeExchange === null || link.isVouchedFor ? (code ?? derived) : derived;
    const mismatch = code !== null && code !== own;
    if (mismatch) {
      const ours = own === null ? 'this agent has none' : `this agent's code is ${groupCode(own)}`;
      log.error(
        `DO NOT APPROVE: the hub shows the code ${groupCode(code)}, but ${ours}. Somebody may be intercepting the connection. Once you have ruled that out, forget the certificate with --forget-hub`,
      );
    }
    onAdmission({ state, session: welcome.session, code: own, mismatch });
  }

  #stopSending(): void {
    this.#sender?.dispose();
    this.#sender = null;
  }

  async #answer(id: number, method: string, params: Record<string, unknown>): Promise<void> {
    const answer = await this.#options.handleRequest(method, params);
    if (this.#ended) return;
    this.#options.link.send(
      JSON.stringify(
        answer.ok ? { type: 'result', id, value: answer.value } : { type: 'result', id, error: answer.error },
      ),
    );
  }

  #isNews(code: string): boolean {
    const now = this.#options.clock.monotonic();
    if (now - (this.#noticedAt.get(code) ?? -Infinity) < REPEAT_NOTICE_MS) return false;
    this.#noticedAt.set(code, now);
    return true;
  }
}
