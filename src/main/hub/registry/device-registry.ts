import { join } from 'node:path';
import * as v from 'valibot';
import type { Clock } from '@shared/clock';
import { Emitter } from '@shared/emitter';
import { fail, succeed, type Result } from '@shared/errors';
import { headlineSeries } from '@shared/metrics/headline';
import type { Logger } from '@shared/logger';
import type { DeviceInfo } from '@shared/model';
import { FOCUS_INTERVAL_MS, type Limits } from '@shared/protocol/limits';
import { readJsonFile, setFileAside, writeJsonFile } from '../json-file';
import { Device } from './device';
import { seriesInfo } from './series';
import type { SeriesTable } from './series-table';

/** How long a device that left without being approved stays in the list. */
const FORGET_PENDING_AFTER_MS = 10 * 60_000;

const savedDevice = v.object({
  id: v.string(),
  name: v.string(),
  chosenName: v.nullable(v.string()),
  kind: v.picklist(['computer', 'board', 'program']),
  approval: v.picklist(['approved', 'rejected']),
  approvedBy: v.nullable(v.picklist(['user', 'token', 'open', 'internal'])),
  local: v.boolean(),
  simple: v.boolean(),
  os: v.nullable(v.string()),
  arch: v.nullable(v.string()),
  model: v.nullable(v.string()),
  tags: v.array(v.string()),
  chosenTags: v.nullable(v.array(v.string())),
  chosenIntervalMs: v.nullable(v.number()),
  firstSeenAt: v.number(),
  lastSeenAt: v.nullable(v.number()),
});
const savedFile = v.object({ version: v.literal(1), devices: v.array(savedDevice) });

export interface DeviceRegistryOptions {
  dataDir: string | null;
  limits: Limits;
  clock: Clock;
  log: Logger;
  series: SeriesTable;
  /** The interval of devices that have none of their own. */
  intervalMs: () => number;
}

/** Every device the hub knows; approved and rejected ones survive restarts in `devices.json`. */
export class DeviceRegistry {
  readonly changed = new Emitter<{ changed: DeviceInfo[]; removed: string[] }>();
  readonly #options: DeviceRegistryOptions;
  readonly #path: string | null;
  readonly #devices = new Map<string, Device>();
  readonly #dirty = new Set<string>();
  readonly #removed = new Set<string>();
  #unsaved = false;
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

  /** The sampling interval to have now: the user's choice or the hub's, four a second while looked at. */
  intervalOf(device: Device): number {
    const base = device.chosenIntervalMs ?? this.#options.intervalMs();
    const wanted = device.focusCount > 0 ? Math.min(base, FOCUS_INTERVAL_MS) : base;
    return Math.max(wanted, device.minIntervalMs);
  }

  /** Makes room for and adds a device; fails with `TOO_MANY_DEVICES`. */
  add(id: string, name: string): Result<Device> {
    const { limits, clock } = this.#options;
    const now = clock.now();
    let pending = 0;
    let oldestGone: Device | null = null;
    for (const device of this.#devices.values()) {
      if (device.approval !== 'pending') continue;
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
      const isGone = device.approval === 'pending' && device.sessions.size === 0;
      if (isGone && (device.lastSeenAt ?? device.firstSeenAt) < before) this.remove(device);
    }
    this.save();
  }

  save(): void {
    if (!this.#unsaved || this.#path === null) return;
    this.#unsaved = false;
    const devices = [...this.#devices.values()].filter((device) => device.approval !== 'pending');
    const written = writeJsonFile(this.#path, { version: 1, devices: devices.map(toSaved) });
    if (!written.ok) this.#options.log.error(written.error.message, { code: written.error.code });
  }

  #load(): void {
    const { clock, log, limits } = this.#options;
    if (this.#path === null) return;
    const read = readJsonFile(this.#path);
    if (read.ok && read.value === null) return;
    const parsed = read.ok ? v.safeParse(savedFile, read.value) : null;
    if (!parsed?.success) {
      const aside = setFileAside(this.#path, clock.now());
      log.error(`The list of devices could not be understood and is set aside as ${aside}.`);
      return;
    }
    for (const saved of parsed.output.devices.slice(0, limits.devices)) {
      const { name, tags, ...rest } = saved;
      const device = new Device(saved.id, name, saved.firstSeenAt);
      Object.assign(device, { ...rest, ownName: name, ownTags: tags });
      device.offlineReason = { code: 'NOT_SEEN', text: 'It has not connected since the hub started.' };
      this.#devices.set(device.id, device);
    }
  }
}

function toSaved(device: Device): v.InferInput<typeof savedDevice> {
  return {
    id: device.id,
    name: device.ownName,
    chosenName: device.chosenName,
    kind: device.kind,
    approval: device.approval === 'rejected' ? 'rejected' : 'approved',
    approvedBy: device.approvedBy,
    local: device.local,
    simple: device.simple,
    os: device.os,
    arch: device.arch,
    model: device.model,
    tags: device.ownTags,
    chosenTags: device.chosenTags,
    chosenIntervalMs: device.chosenIntervalMs,
    firstSeenAt: device.firstSeenAt,
    lastSeenAt: device.mainSession?.lastFrameAt ?? device.lastSeenAt,
  };
}
