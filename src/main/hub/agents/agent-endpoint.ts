import { isUtf8 } from 'node:buffer';
import type { ConnectionState, StateReason } from '@shared/model';
import type { AgentMessage, HelloMessage, SchemaMessage } from '@shared/protocol/agent-messages';
import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import { parseAgentMessage, parseJson } from '@shared/protocol/parse';
import type { Credentials } from '../admission/credentials';
import type { AgentContext } from './agent-context';
import { AgentIngest, BURST } from '../ingest/agent-ingest';
import type { FlatRows } from '../ingest/flat-rows';
import { RowsReader } from '../ingest/rows-reader';
import { SimpleIngest } from '../ingest/simple-ingest';
import type { Device } from '../devices/device';
import type { DeviceSession } from '../devices/presence';
import type { AckQueue } from './ack-queue';
import { DeviceClock } from '../ingest/device-clock';
import { AgentRequests } from './agent-requests';
import * as words from './agent-words';
import { Cadence } from '../devices/cadence';
import { isFarewell } from '../sessions/close-frames';
import { greet } from './greeting';
import { Notices } from './notices';
import { Pairing } from './pairing';
import type { Endpoint } from '../sessions/endpoint';
import type { Session } from '../sessions/session';
import { supersede } from './supersede';
import { TokenBucket } from '../bounds/token-bucket';
import { welcomeMessage } from './welcome';

/** Shared by all connections: its result is stored before anything else is read. */
const rowsReader = new RowsReader();

/**
 * The hub's side of the conversation with one agent: hello or first values, admission, samples, requests. It is one
 * state machine: authenticating -> pending | online -> closed; `stale` is `online` with heartbeats or data missing.
 */
export class AgentEndpoint implements Endpoint, DeviceSession {
  readonly kind = 'session';
  readonly #session: Session;
  readonly #context: AgentContext;
  readonly #acks: AckQueue;
  readonly #onIdentified: () => void;
  readonly #requests: AgentRequests;
  readonly #clock = new DeviceClock();
  readonly #cadence = new Cadence();
  readonly #messages: TokenBucket;
  /**
   * When the current message arrived, monotonic ms. It is stored because reading the clock costs more than most other
   * work here.
   */
  #messageAt = 0;
  readonly #notices: Notices;
  /** The credentials of its upgrade, until the first message is judged. */
  #header: Credentials | null;
  #device: Device | null = null;
  #hello: HelloMessage | null = null;
  #sampleBudget: TokenBucket | null = null;
  #ingest: AgentIngest | null = null;
  #simple: SimpleIngest | null = null;
  #pairing: Pairing | null = null;
  /** A schema that arrived before approval. */
  #heldSchema: SchemaMessage | null = null;
  #backlog: DeviceSession['backlog'] = null;
  #wasStale = false;
  #intervalMs: number | null = null;

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
    this.#notices = new Notices(session, context);
    const { messagesPerSec, requestsInFlight } = context.limits;
    const now = context.clock.monotonic();
    this.#messages = new TokenBucket(messagesPerSec, messagesPerSec * BURST, now);
    this.#requests = new AgentRequests(
      context.clock,
      requestsInFlight,
      context.timings.requestTimeoutMs,
      (message) => session.send(message),
    );
  }

  get id(): string {
    return this.#session.id;
  }

  get name(): string {
    return this.#device?.name ?? this.#session.facts.address;
  }

  get device(): string | null {
    return this.#device?.id ?? null;
  }

  get agent(): string | null {
    return this.#hello?.agent ?? this.#session.facts.agent;
  }

  get address(): string {
    return this.#session.facts.address;
  }

  get isSecure(): boolean {
    return this.#session.facts.tls !== null;
  }

  get openedAt(): number {
    return this.#session.openedAt;
  }

  get lastFrameAt(): number {
    return this.#session.lastFrameAt;
  }

  get lastHeardAt(): number {
    return this.#session.lastFrameAt;
  }

  get rttMs(): number | null {
    return this.#session.heartbeat.rttMs;
  }

  get clockOffsetMs(): number | null {
    return this.#clock.offsetMs;
  }

  get backlog(): DeviceSession['backlog'] {
    return this.#backlog;
  }

  get takesKeys(): boolean {
    return this.#hello !== null;
  }

  get intervalMs(): number | null {
    return this.#intervalMs;
  }

  get state(): ConnectionState {
    if (!this.#device) return 'authenticating';
    if (this.#device.approval !== 'approved')
      return this.#device.approval === 'pending' ? 'pending' : 'rejected';
    return this.reason ? 'stale' : 'online';
  }

  /** The reason for the state: why it is stale, or waits. */
  get reason(): StateReason | null {
    const { timings, clock } = this.#context;
    if (this.#device?.approval !== 'approved') return this.#device?.reason ?? null;
    if (this.#session.heartbeat.missed >= timings.staleAfterMissed) return words.HEARTBEAT_MISSED;
    const { lateFactor, lateAtLeastMs } = timings;
    const isLate = this.#cadence.isLate(clock.now(), this.#intervalMs, lateFactor, lateAtLeastMs);
    return isLate ? words.LATE_DATA : null;
  }

  message(data: Buffer, isBinary: boolean): void {
    this.#messageAt = this.#context.clock.monotonic();
    if (!this.#messages.take(1, this.#messageAt)) {
      this.#fail('RATE_LIMITED', 'Too many messages per second.', CLOSE.rateLimited);
      return;
    }
    if (this.#hello && rowsReader.read(data)) {
      this.#pairing?.heard();
      this.#take(rowsReader);
      return;
    }
    if (isBinary && !isUtf8(data)) {
      this.#refuse('NOT_UTF8', 'A binary frame must hold UTF-8 text, and this one does not.');
      return;
    }
    const text = data.toString();
    this.#pairing?.heard();
    if (this.#hello) this.#fullMessage(text);
    else if (this.#device) this.#simpleMessage(text);
    else this.#firstMessage(text);
  }

  second(now: number): void {
    if (!this.#device) {
      if (now - this.openedAt >= this.#context.limits.helloTimeoutMs) {
        this.#fail('HELLO_TIMEOUT', describeCloseCode(CLOSE.helloTimeout), CLOSE.helloTimeout);
      }
      return;
    }
    const isStale = this.reason !== null;
    if (isStale !== this.#wasStale) {
      this.#wasStale = isStale;
      this.#context.devices.touch(this.#device);
    }
  }

  pong(): void {
    this.#pairing?.heard();
    if (this.rttMs !== null) this.#clock.correct(this.rttMs);
    if (this.#device) this.#context.devices.touch(this.#device);
  }

  closed(reason: StateReason): void {
    this.#requests.dispose();
    this.#acks.forget(this.#session);
    this.#pairing?.closed();
    // An ended session is kept for display, but its working objects are not.
    this.#ingest = this.#simple = this.#heldSchema = null;
    const device = this.#device;
    if (!device?.leave(this, reason)) return;
    this.#context.devices.touchAndSave(device);
    if (device.approval !== 'approved' || device.isPresent) return;
    this.#event('lost', isFarewell(reason.code) ? 'info' : 'warning', reason.text);
  }

  admissionChanged(): void {
    const device = this.#device;
    if (!device) return;
    if (device.approval === 'approved') {
      this.#event('connected', 'info', `Connected from ${this.address}.`);
      this.#pairing?.tellApproved();
      if (this.#heldSchema) this.#ingest?.schema(this.#heldSchema);
      this.#heldSchema = null;
    } else if (device.approval === 'rejected') {
      if (this.#hello) this.#session.send({ type: 'admission', state: 'rejected' });
      this.#fail('REJECTED', words.REJECTED, CLOSE.policy);
    } else if (device.approval === 'blocked') this.#session.close(CLOSE.policy, '');
    this.#context.devices.touch(device);
  }

  handKey(): void {
    this.#pairing?.handKey();
  }

  intervalChanged(): void {
    if (!this.#device || !this.#hello) return;
    const intervalMs = this.#context.devices.intervalOf(this.#device);
    if (intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    this.#session.send({ type: 'configure', intervalMs });
  }

  close(code: number, reason: string): void {
    this.#session.close(code, reason);
  }

  request(method: string, params: Record<string, unknown>): Promise<unknown> {
    return this.#requests.ask(method, params);
  }

  #firstMessage(text: string): void {
    const header = this.#header;
    if (!header) return;
    this.#header = null;
    const greeting = greet(this.#context, this.#session, text, header);
    if (greeting.kind === 'refused') {
      const { fault, closeCode } = greeting;
      this.#fail(fault.code, fault.message, closeCode);
    } else if (greeting.kind === 'rejected') {
      if (greeting.hello) this.#session.send({ type: 'admission', state: 'rejected' });
      this.#fail('REJECTED', words.REJECTED, CLOSE.policy);
    } else if (greeting.kind === 'blocked') {
      this.#context.refused.add('BLOCKED');
      this.#session.close(CLOSE.policy, '');
    } else if (greeting.hello) this.#startFull(greeting.device, greeting.hello, greeting.needsKey);
    else this.#startSimple(greeting.device, text);
  }

  #startFull(device: Device, hello: HelloMessage, needsKey: boolean): void {
    const context = this.#context;
    this.#hello = hello;
    if (!supersede(context, device, this)) {
      this.#fail(
        'DUPLICATE_DEVICE',
        'Another machine is using the identity of this device.',
        CLOSE.superseded,
      );
      return;
    }
    if (hello.now !== undefined) this.#clock.heard(hello.now, context.clock.now());
    this.#intervalMs = context.devices.intervalOf(device);
    this.#pairing = new Pairing(this.#session, context, device, hello);
    this.#ingest = new AgentIngest(context, device, hello, {
      ack: (stream, seq) => this.#acks.add(this.#session, stream, seq, context.series.recorder.gathering),
      notice: (code, message, seq) => this.#refuse(code, message, seq),
      mayStore: (samples) => this.#spend(samples),
    });
    this.#join(device);
    // An agent discards what the welcome says is stored, so it must already be on disk.
    const { recorder } = context.series;
    const welcome = (): void => {
      this.#welcome(device, hello);
      if (needsKey && device.approval === 'approved') this.handKey();
    };
    if (device.streams.movedIn <= recorder.durable) welcome();
    else recorder.whenDurable(welcome);
  }

  #welcome(device: Device, hello: HelloMessage): void {
    this.#session.send(welcomeMessage(this.#context, device, hello, this.id));
    if (device.approval === 'pending') this.#pairing?.tellPending();
    // The first round trip is needed at once, because it corrects the clock difference.
    this.#session.ping().catch(() => {});
  }

  #startSimple(device: Device, text: string): void {
    this.#simple = new SimpleIngest(this.#context, device, this.#clock);
    this.#join(device);
    this.#session.ping().catch(() => {});
    this.#simpleMessage(text);
  }

  #join(device: Device): void {
    this.#device = device;
    device.join(this);
    const { limits, clock } = this.#context;
    this.#sampleBudget = device.sampleBudget(
      () => new TokenBucket(limits.samplesPerSec, limits.samplesPerSec * BURST, clock.monotonic()),
    );
    this.#onIdentified();
    if (device.approval === 'approved') this.#event('connected', 'info', `Connected from ${this.address}.`);
    else this.#event('waiting', 'info', device.requestText(this.address));
    this.#context.devices.touch(device);
  }

  #fullMessage(text: string): void {
    const json = parseJson(text);
    const parsed = json.ok ? parseAgentMessage(json.value) : json;
    if (!parsed.ok) {
      if (parsed.error.code === 'UNKNOWN_TYPE') this.#refuse(parsed.error.code, parsed.error.message);
      else this.#fail(parsed.error.code, parsed.error.message, CLOSE.badMessage);
      return;
    }
    this.#take(parsed.value);
  }

  #take(message: AgentMessage | FlatRows): void {
    if (message.type === 'result') {
      if (!this.#requests.answer(message))
        this.#refuse('UNKNOWN_REQUEST', 'The hub sent no request with this id.');
      return;
    }
    if (message.type === 'hello') {
      this.#refuse('HELLO_TWICE', 'A connection may send hello only once.');
      return;
    }
    if (message.type === 'pairing') {
      if (this.#pairing?.revealed(message.nonce)) return;
      this.#fail('BAD_PAIRING', 'The nonce does not match the commitment in hello.', CLOSE.badMessage);
      return;
    }
    if (this.#device?.approval !== 'approved') {
      const { seriesPerDevice } = this.#context.limits;
      if (message.type === 'schema' && message.series.length <= seriesPerDevice) this.#heldSchema = message;
      else {
        const seq = message.type === 'rows' || message.type === 'flat-rows' ? message.seq : undefined;
        this.#refuse('PENDING_APPROVAL', words.PENDING, seq);
      }
      return;
    }
    if (message.type === 'backlog') {
      const { remaining, total } = message;
      this.#backlog = remaining > 0 ? { remaining, total } : null;
      this.#context.devices.touch(this.#device);
      return;
    }
    this.#count(this.#ingest?.take(message, this.lastFrameAt) ?? 0);
  }

  #simpleMessage(text: string): void {
    const simple = this.#simple;
    if (!simple || !this.#device) return;
    if (this.#device.approval !== 'approved') {
      this.#refuse('PENDING_APPROVAL', words.pendingGreeting(this.#device.code));
      return;
    }
    const outcome = simple.take(text);
    this.#count(outcome.samples);
    this.#spend(outcome.cost);
    for (const { code, message } of outcome.notices) this.#refuse(code, message);
  }

  #count(samples: number): void {
    if (samples === 0) return;
    this.#session.traffic.samplesIn += samples;
    this.#cadence.arrived(this.lastFrameAt);
  }

  #spend(samples: number): boolean {
    if (this.#sampleBudget?.take(samples, this.#messageAt) !== false) return true;
    this.#fail('RATE_LIMITED', 'Too many samples per second.', CLOSE.rateLimited);
    return false;
  }

  #refuse(code: string, message: string, seq?: number): void {
    this.#notices.refuse(code, message, seq);
  }

  #fail(code: string, message: string, closeCode: number): void {
    this.#session.refused++;
    this.#context.refused.add(code);
    this.#session.send({ type: 'error', code, message });
    this.#session.close(closeCode, message.slice(0, 100));
  }

  #event(kind: 'connected' | 'lost' | 'waiting', level: 'info' | 'warning', text: string): void {
    const { device } = this;
    if (device !== null)
      this.#context.events.report({ at: this.#context.clock.now(), kind, level, device, text });
  }
}
