import type { Clock } from '@shared/clock';
import type { ConnectionState, StateReason } from '@shared/model';
import type { EventLog } from '../events/event-log';
import type { Timings } from '../timings';
import { Cadence } from './cadence';
import type { Device } from './device';
import type { DeviceRegistry } from './device-registry';
import type { Presence } from './presence';

export interface PushContext {
  clock: Clock;
  timings: Pick<
    Timings,
    'lateFactor' | 'lateAtLeastMs' | 'lostFactor' | 'lostAtLeastMs' | 'unknownCadenceMs' | 'pingEveryMs'
  >;
  devices: Pick<DeviceRegistry, 'touch' | 'touchAndSave'>;
  events: Pick<EventLog, 'report'>;
}

/** Where pushes come from. */
export interface PushOrigin {
  address: string;
  /** Whether they come over TLS. */
  isSecure: boolean;
}

const LATE_DATA: StateReason = { code: 'LATE_DATA', text: 'Its data is overdue.' };
const PUSHES_ENDED: StateReason = { code: 'PUSHES_ENDED', text: 'It stopped sending data.' };
const STOPPED: StateReason = { code: 'STOPPED', text: 'The hub stopped taking its data.' };

/**
 * A device that posts its samples, one request after another, and keeps no connection in between. It is there from its
 * first push on: online while pushes keep coming as often as they did so far, stale when the next is late, and gone when
 * it is very late. The next push brings it back. Whoever takes the pushes keeps one of these for each device and calls
 * {@link second} once a second.
 */
export class PushPresence implements Presence {
  readonly kind = 'push';
  readonly rttMs = null;
  readonly clockOffsetMs = null;
  readonly backlog = null;
  readonly #device: Device;
  readonly #context: PushContext;
  readonly #cadence = new Cadence();
  #origin: PushOrigin;
  #openedAt = 0;
  #isPresent = false;
  #wasStale = false;
  /** When UIs were last told of it, ms since the epoch. */
  #toldAt = 0;

  constructor(device: Device, context: PushContext, origin: PushOrigin) {
    this.#device = device;
    this.#context = context;
    this.#origin = origin;
  }

  get address(): string {
    return this.#origin.address;
  }

  get isSecure(): boolean {
    return this.#origin.isSecure;
  }

  get openedAt(): number {
    return this.#openedAt;
  }

  get lastHeardAt(): number {
    return this.#cadence.lastAt ?? this.#openedAt;
  }

  /** As seen; null until enough pushes came to tell. */
  get intervalMs(): number | null {
    return this.#cadence.typicalMs;
  }

  /** Whether the device is there by its pushes. */
  get isPresent(): boolean {
    return this.#isPresent;
  }

  get state(): ConnectionState {
    if (!this.#isPresent) return 'offline';
    const { approval } = this.#device;
    if (approval !== 'approved') return approval === 'pending' ? 'pending' : 'rejected';
    return this.reason ? 'stale' : 'online';
  }

  get reason(): StateReason | null {
    const { lateFactor, lateAtLeastMs } = this.#context.timings;
    return this.#isLater(this.#context.clock.now(), lateFactor, lateAtLeastMs) ? LATE_DATA : null;
  }

  /** A push of the device was taken in, at this time by the hub's clock; it may come from elsewhere than the last. */
  pushed(at: number, origin: PushOrigin = this.#origin): void {
    this.#origin = origin;
    if (this.#isPresent) {
      this.#cadence.arrived(at);
      // UIs see when it was heard last as often as they do of a connection.
      if (at - this.#toldAt >= this.#context.timings.pingEveryMs) this.#touch(at);
      this.#tellStaleness(at);
      return;
    }
    this.#cadence.resumed(at);
    this.#openedAt = at;
    this.#isPresent = true;
    this.#wasStale = false;
    this.#device.join(this);
    this.#touch(at);
    this.#tellPresent(at);
  }

  /** Sees whether the next push is late. `now` is ms since the epoch, by the hub's clock. */
  second(now: number): void {
    if (!this.#isPresent) return;
    const { lostFactor, lostAtLeastMs } = this.#context.timings;
    if (this.#isLater(now, lostFactor, lostAtLeastMs)) this.#leave(now, PUSHES_ENDED);
    else this.#tellStaleness(now);
  }

  /** The user decided on its device. */
  admissionChanged(): void {
    if (!this.#isPresent) return;
    const now = this.#context.clock.now();
    if (this.#device.approval === 'approved') this.#tellPresent(now);
    this.#touch(now);
  }

  /** There is no connection to close: it is gone until its next push, which is judged anew. */
  close(code: number, reason: string): void {
    this.#leave(this.#context.clock.now(), { code, text: reason });
  }

  /** The hub takes no more pushes: the device is not there by them any more. */
  dispose(): void {
    this.#leave(this.#context.clock.now(), STOPPED);
  }

  #isLater(now: number, factor: number, atLeastMs: number): boolean {
    const expectedMs = this.#cadence.typicalMs ?? this.#context.timings.unknownCadenceMs;
    return this.#cadence.isLate(now, expectedMs, factor, atLeastMs);
  }

  #tellStaleness(now: number): void {
    const { lateFactor, lateAtLeastMs } = this.#context.timings;
    const isStale = this.#isLater(now, lateFactor, lateAtLeastMs);
    if (isStale === this.#wasStale) return;
    this.#wasStale = isStale;
    this.#touch(now);
  }

  #touch(at: number): void {
    this.#toldAt = at;
    this.#context.devices.touch(this.#device);
  }

  #tellPresent(at: number): void {
    const { address } = this.#origin;
    if (this.#device.approval === 'approved') this.#event(at, 'connected', `Sends data from ${address}.`);
    else this.#event(at, 'waiting', this.#device.requestText(address));
  }

  #leave(at: number, reason: StateReason): void {
    if (!this.#isPresent) return;
    this.#isPresent = false;
    const device = this.#device;
    if (!device.leave(this, reason)) return;
    this.#context.devices.touchAndSave(device);
    if (device.approval !== 'approved' || device.isPresent) return;
    this.#event(at, 'lost', reason.text, reason === PUSHES_ENDED ? 'warning' : 'info');
  }

  #event(
    at: number,
    kind: 'connected' | 'lost' | 'waiting',
    text: string,
    level: 'info' | 'warning' = 'info',
  ): void {
    this.#context.events.report({ at, kind, level, device: this.#device.id, text });
  }
}
