import { isUtf8 } from 'node:buffer';
import type { Fault } from '@shared/errors';
import type { ConnectionState, StateReason } from '@shared/model';
import type { AgentMessage, HelloMessage, SchemaMessage } from '@shared/protocol/agent-messages';
import { CLOSE, type CloseCode } from '@shared/protocol/close-codes';
import { parseAgentMessage, parseJson } from '@shared/protocol/parse';
import type { TokenBucket } from '@shared/token-bucket';
import { Cadence } from '../devices/cadence';
import type { Device } from '../devices/device';
import type { DeviceSession } from '../devices/presence';
import { AgentIngest, sampleBudgetOf } from '../ingest/agent-ingest';
import { DeviceClock } from '../ingest/device-clock';
import type { FlatRows } from '../ingest/flat-rows';
import { RowsReader } from '../ingest/rows-reader';
import { isFarewell } from '../sessions/close-frames';
import type { Session } from '../sessions/session';
import type { AckQueue } from './ack-queue';
import type { AgentContext } from './agent-context';
import { AgentRequests } from './agent-requests';
import * as words from './agent-words';
import type { Conversation, Replies } from './conversation';
import { Pairing } from './pairing';
import { supersede } from './supersede';
import { welcomeMessage } from './welcome';

/** Shared by all connections: its result is stored before anything else is read. */
const rowsReader = new RowsReader();

export interface FullAgentOptions {
  session: Session;
  context: AgentContext;
  replies: Replies;
  acks: AckQueue;
  /** Admitted: approved or waiting. */
  device: Device;
  hello: HelloMessage;
  /** The digits that it shows while it waits, unless they are agreed on later. */
  code: string | null;
}

/**
 * The hub's side of the conversation with an agent that said hello: pairing, samples, requests. It is one state machine:
 * pending | online -> closed; `stale` is `online` with heartbeats or data missing.
 */
export class FullAgent implements Conversation, DeviceSession {
  readonly kind = 'session';
  readonly #session: Session;
  readonly #context: AgentContext;
  readonly #replies: Replies;
  readonly #acks: AckQueue;
  readonly #device: Device;
  readonly #hello: HelloMessage;
  readonly #requests: AgentRequests;
  readonly #clock = new DeviceClock();
  readonly #cadence = new Cadence();
  readonly #pairing: Pairing;
  readonly #sampleBudget: TokenBucket;
  /** When the current message arrived, monotonic ms. */
  #messageAt = 0;
  /** Null once the connection ended: an ended session is kept for display, its working objects are not. */
  #ingest: AgentIngest | null;
  /** A schema that arrived before approval. */
  #heldSchema: SchemaMessage | null = null;
  #backlog: DeviceSession['backlog'] = null;
  #wasStale = false;
  #intervalMs: number;

  constructor({ session, context, replies, acks, device, hello, code }: FullAgentOptions) {
    this.#session = session;
    this.#context = context;
    this.#replies = replies;
    this.#acks = acks;
    this.#device = device;
    this.#hello = hello;
    const { clock, limits, timings, devices } = context;
    this.#requests = new AgentRequests(clock, limits.requestsInFlight, timings.requestTimeoutMs, (message) =>
      session.send(message),
    );
    this.#intervalMs = devices.intervalOf(device);
    this.#pairing = new Pairing(session, context, device, hello, code);
    this.#sampleBudget = sampleBudgetOf(device, context);
    this.#ingest = new AgentIngest(context, device, hello, {
      ack: (stream, seq, commit) => acks.add(session, stream, seq, commit),
      notice: (code, message, seq) => replies.refuse(code, message, seq),
      mayStore: (samples) => this.#spend(samples),
    });
  }

  get id(): string {
    return this.#session.id;
  }

  get name(): string {
    return this.#device.name;
  }

  get device(): string {
    return this.#device.id;
  }

  get agent(): string {
    return this.#hello.agent;
  }

  get address(): string {
    return this.#session.facts.address;
  }

  get isSecure(): boolean {
    return this.#session.facts.tls !== null;
  }

  get openedAt(): number {
    return this.#session.opened.time;
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
    return true;
  }

  get instance(): string | null {
    return this.#hello.instance ?? null;
  }

  get code(): string | null {
    return this.#pairing.code;
  }

  get wasLeft(): boolean {
    return this.#session.wasLeft;
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  get state(): ConnectionState {
    const { approval } = this.#device;
    if (approval !== 'approved') return approval === 'pending' ? 'pending' : 'rejected';
    return this.reason ? 'stale' : 'online';
  }

  /** The reason for the state: why it is stale, or waits. */
  get reason(): StateReason | null {
    const { timings, clock } = this.#context;
    if (this.#device.approval !== 'approved') return this.#device.reason;
    if (this.#session.heartbeat.missed >= timings.staleAfterMissed) return words.HEARTBEAT_MISSED;
    const { lateFactor, lateAtLeastMs } = timings;
    const isLate = this.#cadence.isLate(clock.monotonic(), this.#intervalMs, lateFactor, lateAtLeastMs);
    return isLate ? words.LATE_DATA : null;
  }

  /** Joins the device and says welcome; false when another machine with its identity keeps the place. */
  start(needsKey: boolean): boolean {
    const { clock, devices, series } = this.#context;
    const device = this.#device;
    if (!supersede(this.#context, device, this)) {
      this.#replies.fail(words.DUPLICATE_DEVICE, CLOSE.superseded);
      return false;
    }
    if (this.#hello.now !== undefined) this.#clock.heard(this.#hello.now, clock.now());
    device.join(this);
    if (device.approval === 'approved') this.#event('connected', 'info', `Connected from ${this.address}.`);
    else this.#event('waiting', 'info', device.requestText(this.address));
    devices.touch(device);
    // An agent discards what the welcome says is stored, so it must already be on disk.
    const { recorder } = series;
    const welcome = (): void => {
      this.#welcome();
      if (needsKey && device.approval === 'approved') this.handKey();
    };
    if (device.streams.movedIn <= recorder.durable) welcome();
    else recorder.whenDurable(welcome);
    return true;
  }

  message(data: Buffer, isBinary: boolean, at: number): void {
    this.#messageAt = at;
    if (rowsReader.read(data)) {
      this.#pairing.heard();
      this.#take(rowsReader);
      return;
    }
    if (isBinary && !isUtf8(data)) {
      this.#replies.refuse('NOT_UTF8', words.NOT_UTF8);
      return;
    }
    this.#pairing.heard();
    const json = parseJson(data.toString());
    const parsed = json.ok ? parseAgentMessage(json.value) : json;
    if (parsed.ok) this.#take(parsed.value);
    else if (parsed.error.code === 'UNKNOWN_TYPE')
      this.#replies.refuse(parsed.error.code, parsed.error.message);
    else this.#replies.fail(parsed.error, CLOSE.badMessage);
  }

  second(): void {
    const isStale = this.reason !== null;
    if (isStale === this.#wasStale) return;
    this.#wasStale = isStale;
    this.#context.devices.touch(this.#device);
  }

  /** Its rows follow the hub's clock, so it has to know at once. */
  clockSet(stepMs: number): void {
    this.#clock.hubSet(stepMs);
    this.#session.send({ type: 'clock', hubTime: this.#context.clock.now() });
  }

  pong(): void {
    this.#pairing.heard();
    if (this.rttMs !== null) this.#clock.correct(this.rttMs);
    this.#context.devices.touch(this.#device);
  }

  closed(reason: StateReason): void {
    this.#requests.dispose();
    this.#acks.forget(this.#session);
    this.#pairing.closed();
    this.#ingest = this.#heldSchema = null;
    const device = this.#device;
    if (!device.leave(this, reason)) return;
    this.#context.devices.touchAndSave(device);
    if (device.approval !== 'approved' || device.isPresent) return;
    const wasMeant = isFarewell(reason.code);
    if (!wasMeant) device.drops.add(reason.text, this.#context.clock.monotonic());
    this.#event('lost', wasMeant ? 'info' : 'warning', reason.text);
  }

  admissionChanged(): void {
    const device = this.#device;
    // It was turned away when another one was approved as this device.
    if (!this.#session.isOpen) return;
    if (device.approval === 'approved') {
      this.#event('connected', 'info', `Connected from ${this.address}.`);
      this.#pairing.tellApproved();
      if (this.#heldSchema) this.#ingest?.schema(this.#heldSchema);
      this.#heldSchema = null;
    } else if (device.approval === 'rejected') {
      this.#session.send({ type: 'admission', state: 'rejected' });
      this.#replies.fail(words.REJECTED, CLOSE.policy);
    } else if (device.approval === 'blocked') this.#session.close(CLOSE.policy, '');
    this.#context.devices.touch(device);
  }

  handKey(): void {
    this.#pairing.handKey();
  }

  intervalChanged(): void {
    const intervalMs = this.#context.devices.intervalOf(this.#device);
    if (intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    this.#session.send({ type: 'configure', intervalMs });
  }

  turnAway(fault: Fault, code: CloseCode): void {
    this.#replies.fail(fault, code);
  }

  close(code: number, reason: string): void {
    this.#session.close(code, reason);
  }

  request(method: string, params: Record<string, unknown>): Promise<unknown> {
    return this.#requests.ask(method, params);
  }

  #welcome(): void {
    this.#session.send(welcomeMessage(this.#context, this.#device, this.#hello, this.id));
    if (this.#device.approval === 'pending') this.#pairing.tellPending();
    // The first round trip is needed at once, because it corrects the clock difference.
    this.#session.ping().catch(() => {});
  }

  #take(message: AgentMessage | FlatRows): void {
    if (message.type === 'result') {
      if (!this.#requests.answer(message))
        this.#replies.refuse('UNKNOWN_REQUEST', 'The hub sent no request with this id.');
      return;
    }
    if (message.type === 'hello') {
      this.#replies.refuse('HELLO_TWICE', 'A connection may send hello only once.');
      return;
    }
    if (message.type === 'pairing') {
      if (!this.#pairing.revealed(message.nonce)) this.#replies.fail(words.BAD_PAIRING, CLOSE.badMessage);
      return;
    }
    if (this.#device.approval !== 'approved') {
      const { seriesPerDevice } = this.#context.limits;
      if (message.type === 'schema' && message.series.length <= seriesPerDevice) this.#heldSchema = message;
      else {
        const seq = message.type === 'rows' || message.type === 'flat-rows' ? message.seq : undefined;
        this.#replies.refuse('PENDING_APPROVAL', words.PENDING, seq);
      }
      return;
    }
    if (message.type === 'backlog') {
      const { remaining, total } = message;
      this.#backlog = remaining > 0 ? { remaining, total } : null;
      this.#context.devices.touch(this.#device);
      return;
    }
    const samples = this.#ingest?.take(message, this.lastHeardAt) ?? 0;
    if (samples === 0) return;
    this.#session.traffic.samplesIn += samples;
    this.#cadence.arrived(this.#messageAt);
  }

  #spend(samples: number): boolean {
    if (this.#sampleBudget.take(samples, this.#messageAt)) return true;
    this.#replies.fail(words.TOO_MANY_SAMPLES, CLOSE.rateLimited);
    return false;
  }

  #event(kind: 'connected' | 'lost' | 'waiting', level: 'info' | 'warning', text: string): void {
    const { clock, events } = this.#context;
    events.report({ at: clock.now(), kind, level, device: this.#device.id, text });
  }
}
