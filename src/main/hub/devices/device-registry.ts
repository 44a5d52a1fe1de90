import type { Clock } from '@shared/clock';
import { Emitter } from '@shared/emitter';
import { FaultError, fail, succeed, type Result } from '@shared/errors';
import { headlineSeries } from '@shared/metrics/headline';
import { listenerFaults, type Logger } from '@shared/logger';
import type { DeviceInfo, StateReason } from '@shared/model';
import { DEVICE_ID } from '@shared/protocol/agent-messages';
import { CLOSE } from '@shared/protocol/close-codes';
import { FOCUS_INTERVAL_MS, type Limits } from '@shared/protocol/limits';
import { Device } from './device';
import type { DeviceShelf } from './device-shelf';
import { isComputer } from './is-computer';
import { isForgettable, whoMakesRoom } from './waiting-room';
import { Focus } from './focus';
import { seriesInfo } from '../series/series';
import type { SeriesTable } from '../series/series-table';

/** How long a device that disconnected without being approved stays in the list. */
const FORGET_PENDING_AFTER_MS = 10 * 60_000;
const NOT_SEEN: StateReason = {
  code: 'NOT_SEEN',
  text: 'It has not connected since the hub started.',
};

export interface DeviceRegistryOptions {
  shelf: DeviceShelf;
  limits: Pick<Limits, 'devices' | 'pendingDevices'>;
  clock: Clock;
  log: Logger;
  series: SeriesTable;
  /** The sampling interval of devices that have no interval of their own. */
  intervalMs: () => number;
}

/** Every device the hub knows; all but those that never did more than wait survive restarts on its shelf. */
export class DeviceRegistry {
  readonly changed: Emitter<{ changed: DeviceInfo[]; removed: string[] }>;
  readonly #options: DeviceRegistryOptions;
  readonly #focus = new Focus();
  readonly #devices = new Map<string, Device>();
  readonly #dirty = new Set<string>();
  readonly #removed = new Set<string>();
  #localId: string | null = null;

  constructor(options: DeviceRegistryOptions) {
    this.#options = options;
    this.changed = new Emitter(listenerFaults(options.log));
    const kept = options.shelf.open((id) => this.#devices.get(id));
    for (const device of kept.slice(0, options.limits.devices)) {
      device.explainAbsence(NOT_SEEN);
      this.#devices.set(device.id, device);
    }
  }

  get(id: string): Device | undefined {
    return this.#devices.get(id);
  }

  /** Throws `NO_SUCH_DEVICE`. */
  require(id: string): Device {
    const device = this.#devices.get(id);
    if (!device) throw new FaultError('NO_SUCH_DEVICE', 'Device not found.');
    return device;
  }

  all(): Iterable<Device> {
    return this.#devices.values();
  }

  infos(): DeviceInfo[] {
    return Array.from(this.#devices.values(), (device) => this.info(device));
  }

  info(device: Device): DeviceInfo {
    return device.info(this.intervalOf(device));
  }

  /**
   * The current sampling interval: the user's choice or the hub's, or four samples a second while the device is in
   * focus.
   */
  intervalOf(device: Device): number {
    const base = device.choices.intervalMs ?? this.#options.intervalMs();
    const wanted = this.#focus.has(device.id) ? Math.min(base, FOCUS_INTERVAL_MS) : base;
    return Math.max(wanted, device.description.minIntervalMs);
  }

  /** What {@link intervalOf} follows from changed: its agents are told. */
  intervalChanged(device: Device): void {
    for (const session of device.sessions) session.intervalChanged();
    this.touch(device);
  }

  /** One feed looks at the devices `after` instead of `before`. */
  lookAt(before: readonly string[], after: readonly string[]): void {
    for (const id of this.#focus.move(before, after)) {
      const device = this.#devices.get(id);
      if (device) this.intervalChanged(device);
    }
  }

  /**
   * Adds a device that is in history but not in the list, because the list was lost or a crash left an older one. Its
   * samples are visible and its stream positions known; it can report again once it is approved.
   */
  recover(id: string): void {
    if (this.#devices.has(id) || !DEVICE_ID.test(id)) return;
    const added = this.add(id, id, null);
    if (!added.ok) return;
    added.value.recover();
    added.value.explainAbsence(NOT_SEEN);
    this.touchAndSave(added.value);
  }

  /**
   * Adds a device that asks from `address` (null: it did not ask), making room if needed; fails with
   * `TOO_MANY_DEVICES`.
   */
  add(id: string, name: string, address: string | null): Result<Device> {
    const { limits, clock } = this.#options;
    const now = clock.now();
    const waiting = [...this.#devices.values()].filter(isForgettable);
    if (waiting.length >= limits.pendingDevices || this.#devices.size >= limits.devices) {
      const victim = whoMakesRoom(waiting, address, now);
      if (!victim) {
        return fail('TOO_MANY_DEVICES', 'The hub has reached its limit on devices; try again later.');
      }
      victim.close(CLOSE.tryLater, 'others wait too: try again later');
      this.remove(victim);
    }
    const device = new Device(id, name, now);
    device.setLocal(id === this.#localId);
    this.#devices.set(id, device);
    this.#removed.delete(id);
    this.touch(device);
    return succeed(device);
  }

  /** Whether a blocked device used this address. */
  isBlockedAddress(address: string): boolean {
    for (const { approval, boundTo } of this.#devices.values()) {
      if (approval === 'blocked' && boundTo === address) return true;
    }
    return false;
  }

  /** Forgets all devices from this address that only wait, closing their connections without a message. */
  forgetPendingFrom(address: string): void {
    for (const device of [...this.#devices.values()]) {
      if (device.approval !== 'pending' || device.wasApproved || device.boundTo !== address) continue;
      device.close(CLOSE.policy, '');
      this.remove(device);
    }
  }

  /** Forgets a device and its samples; ending its presences is the caller's. */
  remove(device: Device): void {
    if (!this.#devices.delete(device.id)) return;
    this.#options.series.forgetDevice(device.id);
    this.#dirty.delete(device.id);
    this.#removed.add(device.id);
    this.#options.shelf.changed(device.id);
  }

  /** Sets which device is this computer, whether or not it is known yet. */
  setLocal(id: string | null): void {
    this.#localId = id;
    for (const device of this.#devices.values()) {
      if (device.local === (device.id === id)) continue;
      device.setLocal(device.id === id);
      this.touchAndSave(device);
    }
  }

  /** Marks that something UIs show about the device has changed. */
  touch(device: Device): void {
    if (this.#devices.get(device.id) === device) this.#dirty.add(device.id);
  }

  /** Like {@link touch}, for a change that must also be saved. */
  touchAndSave(device: Device): void {
    this.touch(device);
    this.#options.shelf.changed(device.id);
  }

  /** The device's series or their units changed, so its card may show others. */
  seriesChanged(device: Device): void {
    const series = this.#options.series.ofDevice(device.id).map(seriesInfo);
    const { simple, kind } = device.description;
    if (simple && kind === 'board' && isComputer(series)) device.describe({ kind: 'computer' });
    device.summarise(series.length, headlineSeries(series));
    this.touch(device);
  }

  /** The hub's clock was set by this much, forward or back when negative. */
  clockSet(stepMs: number): void {
    for (const device of this.#devices.values()) {
      device.clockSet(stepMs);
      this.touchAndSave(device);
    }
  }

  /** Sends UIs the changes since the last call. */
  flush(): void {
    if (this.#dirty.size === 0 && this.#removed.size === 0) return;
    const changed: DeviceInfo[] = [];
    for (const id of this.#dirty) {
      const device = this.#devices.get(id);
      if (device) changed.push(this.info(device));
    }
    const removed = [...this.#removed];
    this.#dirty.clear();
    this.#removed.clear();
    this.changed.emit({ changed, removed });
  }

  /** Forgets what is too old and saves changes; call it from time to time. */
  maintain(): void {
    const { clock } = this.#options;
    const before = clock.now() - FORGET_PENDING_AFTER_MS;
    const now = clock.monotonic();
    for (const device of [...this.#devices.values()]) {
      if (device.drops.forgetOld(now)) this.touch(device);
      const isGone = isForgettable(device) && !device.isPresent;
      if (isGone && (device.lastSeenAt ?? device.firstSeenAt) < before) this.remove(device);
    }
    this.save();
  }

  /** Runs `done` when what changed so far is kept over a restart; changes of the next moment are kept together with it. */
  whenSaved(done: () => void): void {
    this.#options.shelf.whenSaved(done);
  }

  /** Hands over what changed; it is on disk a moment later. */
  save(): void {
    this.#options.shelf.save();
  }

  /** Resolves when what changed so far is on disk. Rejects with `FILE_UNWRITABLE` when it cannot be saved now. */
  saved(): Promise<void> {
    return this.#options.shelf.saved();
  }

  /**
   * Resolves when a choice of the user's for the device is on disk; rejects with `FILE_UNWRITABLE` when it cannot be, and
   * then it is not made.
   */
  async choose(device: Device, make: () => void): Promise<void> {
    const before = device.choices;
    make();
    const after = device.choices;
    this.touchAndSave(device);
    try {
      await this.saved();
    } catch (error) {
      if (device.choices === after) device.chooseAgain(before);
      this.touchAndSave(device);
      throw error;
    }
  }

  /** What is kept of these devices was changed by another hub on the folder, which has ended. */
  reread(ids: readonly string[]): void {
    for (const id of ids) {
      const kept = this.#options.shelf.read(id);
      const device = this.#devices.get(id);
      if (kept && device) device.become(kept);
      else if (kept) {
        kept.explainAbsence(NOT_SEEN);
        this.#devices.set(id, kept);
      } else if (device && !device.isPresent) this.remove(device);
      const now = this.#devices.get(id);
      if (now) this.touch(now);
    }
  }
}
