import { join } from 'node:path';
import type { Clock } from '@shared/clock';
import { Emitter } from '@shared/emitter';
import { fail, succeed, type Result } from '@shared/errors';
import { headlineSeries } from '@shared/metrics/headline';
import type { Logger } from '@shared/logger';
import type { DeviceInfo } from '@shared/model';
import { DEVICE_ID } from '@shared/protocol/agent-messages';
import { CLOSE } from '@shared/protocol/close-codes';
import { FOCUS_INTERVAL_MS, type Limits } from '@shared/protocol/limits';
import { readJsonFile, setFileAside, writeJsonFile } from '../../../files/json-file';
import { Device } from './device';
import { parseDevices, restoreDevice, toSaved } from './saved-devices';
import { seriesInfo } from '../series/series';
import type { SeriesTable } from '../series/series-table';

/** How long a device that disconnected without being approved stays in the list. */
const FORGET_PENDING_AFTER_MS = 10 * 60_000;
/** A write waits this long for more changes, ms: many devices that join at once share one write. */
const SAVE_TOGETHER_MS = 20;
/**
 * It also waits this many times as long as the previous write took, so that a long list is not written all the time.
 */
const SAVE_SHARE = 10;

export interface DeviceRegistryOptions {
  dataDir: string | null;
  limits: Limits;
  clock: Clock;
  log: Logger;
  series: SeriesTable;
  /** The sampling interval of devices that have no interval of their own. */
  intervalMs: () => number;
}

/** Every device the hub knows. All except those that were never approved survive restarts in `devices.json`. */
export class DeviceRegistry {
  readonly changed = new Emitter<{ changed: DeviceInfo[]; removed: string[] }>();
  readonly #options: DeviceRegistryOptions;
  readonly #path: string | null;
  readonly #devices = new Map<string, Device>();
  readonly #dirty = new Set<string>();
  readonly #removed = new Set<string>();
  #unsaved = false;
  #saveTookMs = 0;
  #savedListeners: (() => void)[] = [];
  #localId: string | null = null;

  constructor(options: DeviceRegistryOptions) {
    this.#options = options;
    this.#path = options.dataDir === null ? null : join(options.dataDir, 'devices.json');
    this.#load();
  }

  get(id: string): Device | undefined {
    return this.#devices.get(id);
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
    const base = device.chosenIntervalMs ?? this.#options.intervalMs();
    const wanted = device.focusCount > 0 ? Math.min(base, FOCUS_INTERVAL_MS) : base;
    return Math.max(wanted, device.minIntervalMs);
  }

  /**
   * Adds a device that is in history but not in the list, because the list was lost or a crash left an older one. Its
   * samples are visible and its stream positions known; it can report again once it is approved.
   */
  recover(id: string): void {
    if (this.#devices.has(id) || !DEVICE_ID.test(id)) return;
    const added = this.add(id, id);
    if (!added.ok) return;
    added.value.wasApproved = true;
    added.value.offlineReason = { code: 'NOT_SEEN', text: 'It has not connected since the hub started.' };
    this.touchAndSave(added.value);
  }

  /** Adds a device, making room if needed; fails with `TOO_MANY_DEVICES`. */
  add(id: string, name: string): Result<Device> {
    const { limits, clock } = this.#options;
    const now = clock.now();
    let pending = 0;
    let oldestGone: Device | null = null;
    for (const device of this.#devices.values()) {
      if (device.approval !== 'pending' || device.wasApproved) continue;
      pending++;
      const isGone = device.sessions.size === 0;
      if (isGone && (!oldestGone || (device.lastSeenAt ?? 0) < (oldestGone.lastSeenAt ?? 0))) {
        oldestGone = device;
      }
    }
    if (pending >= limits.pendingDevices || this.#devices.size >= limits.devices) {
      if (!oldestGone) {
        return fail('TOO_MANY_DEVICES', 'The hub has reached its limit on devices; try again later.');
      }
      this.remove(oldestGone);
    }
    const device = new Device(id, name, now);
    device.local = id === this.#localId;
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
      for (const session of [...device.sessions]) session.close(CLOSE.policy, '');
      this.remove(device);
    }
  }

  /** Forgets a device and its samples; the caller closes its connections. */
  remove(device: Device): void {
    if (!this.#devices.delete(device.id)) return;
    this.#options.series.forgetDevice(device.id);
    this.#dirty.delete(device.id);
    this.#removed.add(device.id);
    this.#unsaved = true;
  }

  /** Sets which device is this computer, whether or not it is known yet. */
  setLocal(id: string | null): void {
    this.#localId = id;
    for (const device of this.#devices.values()) {
      if (device.local === (device.id === id)) continue;
      device.local = device.id === id;
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
    this.#unsaved = true;
  }

  /** The device's series or their units changed, so its card may show others. */
  seriesChanged(device: Device): void {
    const series = this.#options.series.ofDevice(device.id).map(seriesInfo);
    device.seriesCount = series.length;
    device.headline = headlineSeries(series);
    this.touch(device);
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

  /** Forgets pending devices that disconnected long ago and saves changes; call it from time to time. */
  maintain(): void {
    const before = this.#options.clock.now() - FORGET_PENDING_AFTER_MS;
    for (const device of [...this.#devices.values()]) {
      const isGone = device.approval === 'pending' && !device.wasApproved && device.sessions.size === 0;
      if (isGone && (device.lastSeenAt ?? device.firstSeenAt) < before) this.remove(device);
    }
    this.save();
  }

  /** Runs `done` when all changes so far are on disk; changes that follow shortly share the write. */
  whenSaved(done: () => void): void {
    this.#unsaved = true;
    this.#savedListeners.push(done);
    if (this.#savedListeners.length > 1) return;
    const delayMs = Math.max(SAVE_TOGETHER_MS, SAVE_SHARE * this.#saveTookMs);
    this.#options.clock.after(delayMs, () => this.save());
  }

  save(): void {
    this.#write();
    for (const done of this.#savedListeners.splice(0)) done();
  }

  #write(): void {
    if (!this.#unsaved || this.#path === null) return;
    this.#unsaved = false;
    const startedAt = performance.now();
    const written = writeJsonFile(this.#path, toSaved(this.#devices.values()));
    this.#saveTookMs = performance.now() - startedAt;
    if (!written.ok) this.#options.log.error(written.error.message, { code: written.error.code });
  }

  #load(): void {
    const { clock, log, limits } = this.#options;
    if (this.#path === null) return;
    const read = readJsonFile(this.#path);
    if (read.ok && read.value === null) return;
    const saved = read.ok ? parseDevices(read.value) : null;
    if (saved === null) {
      const aside = setFileAside(this.#path, clock.now());
      log.error(`The devices file could not be read and was set aside as ${aside}.`);
      return;
    }
    for (const one of saved.slice(0, limits.devices)) {
      const device = restoreDevice(one);
      device.offlineReason = { code: 'NOT_SEEN', text: 'It has not connected since the hub started.' };
      this.#devices.set(device.id, device);
    }
  }
}
