import { join } from 'node:path';
import type { Clock } from '@shared/clock';
import { Emitter } from '@shared/emitter';
import { fail, succeed, type Result } from '@shared/errors';
import { headlineSeries } from '@shared/metrics/headline';
import { listenerFaults, type Logger } from '@shared/logger';
import type { DeviceInfo } from '@shared/model';
import { DEVICE_ID } from '@shared/protocol/agent-messages';
import { CLOSE } from '@shared/protocol/close-codes';
import { FOCUS_INTERVAL_MS, type Limits } from '@shared/protocol/limits';
import { readJsonFile, setFileAside, writeJsonFile } from '../../../files/json-file';
import { Device } from './device';
import { parseDevices, restoreDevice, toSaved } from './saved-devices';
import { seriesInfo } from '../series/series';
import type { SeriesTable } from '../series/series-table';

/** How long a device that left without being approved stays in the list. */
const FORGET_PENDING_AFTER_MS = 10 * 60_000;
/** What has to be on disk waits so long for more, ms: many devices that join at once share a write. */
const SAVE_TOGETHER_MS = 20;
/** And so many times as long as the write before took: a long list is not written all the time. */
const SAVE_SHARE = 10;

export interface DeviceRegistryOptions {
  dataDir: string | null;
  limits: Limits;
  clock: Clock;
  log: Logger;
  series: SeriesTable;
  /** The interval of devices that have none of their own. */
  intervalMs: () => number;
}

/** Every device the hub knows; all but those that never did more than wait survive restarts in `devices.json`. */
export class DeviceRegistry {
  readonly changed: Emitter<{ changed: DeviceInfo[]; removed: string[] }>;
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
    this.changed = new Emitter(listenerFaults(options.log));
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

  /** The sampling interval to have now: the user's choice or the hub's, four a second while looked at. */
  intervalOf(device: Device): number {
    const base = device.chosenIntervalMs ?? this.#options.intervalMs();
    const wanted = device.focusCount > 0 ? Math.min(base, FOCUS_INTERVAL_MS) : base;
    return Math.max(wanted, device.minIntervalMs);
  }

  /**
   * A device that history knows and the list does not, since it was lost or a crash left an older one: its samples can be
   * seen, and where they end is known when it comes back, which it may once it is let in again.
   */
  recover(id: string): void {
    if (this.#devices.has(id) || !DEVICE_ID.test(id)) return;
    const added = this.add(id, id);
    if (!added.ok) return;
    added.value.wasApproved = true;
    added.value.offlineReason = { code: 'NOT_SEEN', text: 'It has not connected since the hub started.' };
    this.touchAndSave(added.value);
  }

  /** Makes room for and adds a device; fails with `TOO_MANY_DEVICES`. */
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
        return fail('TOO_MANY_DEVICES', 'The hub knows as many devices as it may; try again later.');
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

  /** Whether a blocked device came from there. */
  isBlockedAddress(address: string): boolean {
    for (const { approval, boundTo } of this.#devices.values()) {
      if (approval === 'blocked' && boundTo === address) return true;
    }
    return false;
  }

  /** Turns away, without a word, whoever only waits and came from there. */
  forgetPendingFrom(address: string): void {
    for (const device of [...this.#devices.values()]) {
      if (device.approval !== 'pending' || device.wasApproved || device.boundTo !== address) continue;
      for (const session of [...device.sessions]) session.close(CLOSE.policy, '');
      this.remove(device);
    }
  }

  /** Forgets a device and its samples; closing its connections is the caller's. */
  remove(device: Device): void {
    if (!this.#devices.delete(device.id)) return;
    this.#options.series.forgetDevice(device.id);
    this.#dirty.delete(device.id);
    this.#removed.add(device.id);
    this.#unsaved = true;
  }

  /** Says which device is this very computer, known already or not. */
  setLocal(id: string | null): void {
    this.#localId = id;
    for (const device of this.#devices.values()) {
      if (device.local === (device.id === id)) continue;
      device.local = device.id === id;
      this.touchAndSave(device);
    }
  }

  /** Something that UIs show of the device changed. */
  touch(device: Device): void {
    if (this.#devices.get(device.id) === device) this.#dirty.add(device.id);
  }

  /** Something worth keeping changed too. */
  touchAndSave(device: Device): void {
    this.touch(device);
    this.#unsaved = true;
  }

  /** The device got series or other units; its card may need others. */
  seriesChanged(device: Device): void {
    const series = this.#options.series.ofDevice(device.id).map(seriesInfo);
    device.seriesCount = series.length;
    device.headline = headlineSeries(series);
    this.touch(device);
  }

  /** Tells UIs what changed since the last call. */
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

  /** Forgets pending devices that left long ago and saves what changed; to be called now and then. */
  maintain(): void {
    const before = this.#options.clock.now() - FORGET_PENDING_AFTER_MS;
    for (const device of [...this.#devices.values()]) {
      const isGone = device.approval === 'pending' && !device.wasApproved && device.sessions.size === 0;
      if (isGone && (device.lastSeenAt ?? device.firstSeenAt) < before) this.remove(device);
    }
    this.save();
  }

  /** Runs `done` when what changed so far is on disk; changes of the next moment go there together. */
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
      log.error(`The list of devices could not be understood and is set aside as ${aside}.`);
      return;
    }
    for (const one of saved.slice(0, limits.devices)) {
      const device = restoreDevice(one);
      device.offlineReason = { code: 'NOT_SEEN', text: 'It has not connected since the hub started.' };
      this.#devices.set(device.id, device);
    }
  }
}
