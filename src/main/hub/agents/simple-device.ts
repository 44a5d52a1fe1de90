import type { Fault } from '@shared/errors';
import { FaultError } from '@shared/errors';
import type { ConnectionState, StateReason } from '@shared/model';
import type { TokenBucket } from '@shared/token-bucket';
import { Cadence } from '../devices/cadence';
import type { Device } from '../devices/device';
import type { DeviceSession } from '../devices/presence';
import { sampleBudgetOf } from '../ingest/agent-ingest';
import type { Reading, SaidEvent } from '../ingest/dialects/dialect';
import { TextIngest } from '../ingest/text-ingest';
import { isFarewell } from '../sessions/close-frames';
import type { Session } from '../sessions/session';
import type { AgentContext } from './agent-context';
import * as words from './agent-words';

/** What the client that sends for a device does when the user decides about it. */
export interface SimpleDeviceOwner {
  /** The user turned the device away. */
  turnedAway(device: SimpleDevice): void;
}

/** What one message came to for one device. */
export interface SimpleOutcome {
  faults: Fault[];
  /** Whether its samples are within the device's rate; if not, the connection is over. */
  isWithinRate: boolean;
}

/** One device that a client sends text for: a presence of that device over the client's connection. */
export class SimpleDevice implements DeviceSession {
  readonly kind = 'session';
  readonly takesKeys = false;
  readonly backlog = null;
  readonly intervalMs = null;
  readonly instance = null;
  readonly device: Device;
  readonly #session: Session;
  readonly #context: AgentContext;
  readonly #owner: SimpleDeviceOwner;
  readonly #cadence = new Cadence();
  readonly #ingest: TextIngest;
  readonly #sampleBudget: TokenBucket;
  #wasStale = false;

  constructor(device: Device, session: Session, context: AgentContext, owner: SimpleDeviceOwner) {
    this.device = device;
    this.#session = session;
    this.#context = context;
    this.#owner = owner;
    this.#ingest = new TextIngest(context, device);
    this.#sampleBudget = sampleBudgetOf(device, context);
  }

  get id(): string {
    return this.#session.id;
  }

  get wasLeft(): boolean {
    return this.#session.wasLeft;
  }

  get address(): string {
    return this.#session.facts.address;
  }

  get code(): string | null {
    return this.device.ownCode;
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
    return this.#ingest.clockOffsetMs;
  }

  get state(): ConnectionState {
    const { approval } = this.device;
    if (approval !== 'approved') return approval === 'pending' ? 'pending' : 'rejected';
    return this.reason ? 'stale' : 'online';
  }

  get reason(): StateReason | null {
    if (this.device.approval !== 'approved') return this.device.reason;
    const { timings, clock } = this.#context;
    if (this.#session.heartbeat.missed >= timings.staleAfterMissed) return words.HEARTBEAT_MISSED;
    const { lateFactor, lateAtLeastMs } = timings;
    return this.#cadence.isLate(clock.monotonic(), null, lateFactor, lateAtLeastMs) ? words.LATE_DATA : null;
  }

  /** Joins its device. */
  start(): void {
    this.device.join(this);
    if (this.device.approval === 'approved') this.#tellConnected();
    else this.#event('waiting', 'info', this.device.requestText(this.address));
    this.#context.devices.touch(this.device);
  }

  /**
   * Takes what one message says of this device, at `now` (ms since the epoch) and `at` (monotonic ms). Nothing is stored
   * until the device is approved.
   */
  take(
    readings: readonly Reading[],
    events: readonly SaidEvent[],
    mayHaveWrongClock: boolean,
    now: number,
    at: number,
  ): SimpleOutcome {
    if (this.device.approval !== 'approved') {
      const message = words.pendingGreeting(this.code);
      return { faults: [{ code: 'PENDING_APPROVAL', message }], isWithinRate: true };
    }
    const { samples, cost, faults } = this.#ingest.take(readings, now, mayHaveWrongClock);
    for (const { text, level } of events) {
      const fault = this.#ingest.event(text, level, now);
      if (fault) faults.push(fault);
    }
    const { notStored } = this.#context.series.recorder;
    if (notStored) faults.push(notStored);
    if (samples > 0) {
      this.#session.traffic.samplesIn += samples;
      this.#cadence.arrived(at);
    }
    return { faults, isWithinRate: cost === 0 || this.#sampleBudget.take(cost, at) };
  }

  second(): void {
    const isStale = this.reason !== null;
    if (isStale === this.#wasStale) return;
    this.#wasStale = isStale;
    this.#context.devices.touch(this.device);
  }

  /** The hub's clock was set, so what was learnt of the device's clock is off by as much. */
  clockSet(): void {
    this.#ingest.clockSet();
  }

  heartbeat(): void {
    this.#context.devices.touch(this.device);
  }

  /** Leaves its device: the connection ended, or the device is not to come over it any more. */
  end(reason: StateReason): void {
    const { device } = this;
    if (!device.leave(this, reason)) return;
    this.#context.devices.touchAndSave(device);
    if (device.approval !== 'approved' || device.isPresent) return;
    const wasMeant = isFarewell(reason.code);
    if (!wasMeant) device.drops.add(reason.text, this.#context.clock.monotonic());
    this.#event('lost', wasMeant ? 'info' : 'warning', reason.text);
  }

  admissionChanged(): void {
    if (!this.#session.isOpen) return;
    if (this.device.approval === 'approved') this.#tellConnected();
    else if (this.device.approval !== 'pending') this.#owner.turnedAway(this);
    this.#context.devices.touch(this.device);
  }

  /** A simple device cannot be handed a key over its connection. */
  handKey(): void {}

  /** It samples as it likes. */
  intervalChanged(): void {}

  turnAway({ message }: Fault, code: number): void {
    this.#session.close(code, message.slice(0, 100));
  }

  close(code: number, reason: string): void {
    this.#session.close(code, reason);
  }

  request(): Promise<unknown> {
    return Promise.reject(new FaultError('NOT_SUPPORTED', 'This device does not answer requests.'));
  }

  #tellConnected(): void {
    this.#event('connected', 'info', `Connected from ${this.address}.`);
  }

  #event(kind: 'connected' | 'lost' | 'waiting', level: 'info' | 'warning', text: string): void {
    const { clock, events } = this.#context;
    events.report({ at: clock.now(), kind, level, device: this.device.id, text });
  }
}
