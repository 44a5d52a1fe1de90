import type { Clock } from '@shared/clock';
import type { ConnectionState, StateReason } from '@shared/model';
import { Moment } from '@shared/moment';
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
  #opened: Moment | null = null;
  #heard: Moment | null = null;
  #isPresent = false;
  #wasStale = false;
  /** When UIs were last told of it, monotonic ms. */
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
    return this.#opened?.time ?? 0;
  }

  get lastHeardAt(): number {
    return this.#heard?.time ?? this.openedAt;
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
    return this.#isLater(lateFactor, lateAtLeastMs) ? LATE_DATA : null;
  }

  /** A push of the device was taken in, at this time by the hub's clock; it may come from elsewhere than the last. */
  pushed(at: number, origin: PushOrigin = this.#origin): void {
    const { clock, timings } = this.#context;
    const monotonic = clock.monotonic();
    this.#origin = origin;
    this.#heard = new Moment(clock);
    if (this.#isPresent) {
      this.#cadence.arrived(monotonic);
      // UIs see when it was heard last as often as they do of a connection.
      if (monotonic - this.#toldAt >= timings.pingEveryMs) this.#touch();
      this.#tellStaleness();
      return;
    }
    this.#cadence.resumed(monotonic);
    this.#opened = this.#heard;
    this.#isPresent = true;
    this.#wasStale = false;
    this.#device.join(this);
    this.#touch();
    this.#tellPresent(at);
  }

  /** Sees whether the next push is late. `now` is ms since the epoch, by the hub's clock. */
  second(now: number): void {
    if (!this.#isPresent) return;
    const { lostFactor, lostAtLeastMs } = this.#context.timings;
    if (this.#isLater(lostFactor, lostAtLeastMs)) this.#leave(now, PUSHES_ENDED);
    else this.#tellStaleness();
  }

  /** The user decided on its device. */
  admissionChanged(): void {
    if (!this.#isPresent) return;
    const now = this.#context.clock.now();
    if (this.#device.approval === 'approved') this.#tellPresent(now);
    this.#touch();
  }

  /** There is no connection to close: it is gone until its next push, which is judged anew. */
  close(code: number, reason: string): void {
    this.#leave(this.#context.clock.now(), { code, text: reason });
  }

  /** The hub takes no more pushes: the device is not there by them any more. */
  dispose(): void {
    this.#leave(this.#context.clock.now(), STOPPED);
  }

  #isLater(factor: number, atLeastMs: number): boolean {
    const { clock, timings } = this.#context;
    const expectedMs = this.#cadence.typicalMs ?? timings.unknownCadenceMs;
    return this.#cadence.isLate(clock.monotonic(), expectedMs, factor, atLeastMs);
  }

  #tellStaleness(): void {
    const { lateFactor, lateAtLeastMs } = this.#context.timings;
    const isStale = this.#isLater(lateFactor, lateAtLeastMs);
    if (isStale === this.#wasStale) return;
    this.#wasStale = isStale;
    this.#touch();
  }

  #touch(): void {
    this.#toldAt = this.#context.clock.monotonic();
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
    const wasMeant = reason !== PUSHES_ENDED;
    if (!wasMeant) device.drops.add(reason.text, this.#context.clock.monotonic());
    this.#event(at, 'lost', reason.text, wasMeant ? 'info' : 'warning');
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
