import { systemClock, type Clock } from '@shared/clock';
import type { Disposable, Unsubscribe } from '@shared/disposable';
import type { HubApi, TopicMessages } from '@shared/hub-api';
import type { DeviceInfo } from '@shared/model';
import { AttentionList } from './attention.svelte';
import { Device } from './device.svelte';

/** Changes that arrive within this time are applied together. */
const BATCH_MS = 50;

export interface DeviceCounts {
  /** Counts approved devices only. */
  online: number;
  stale: number;
  offline: number;
  /** Devices that wait for the user's decision. */
  pending: number;
  /** All approved devices. */
  total: number;
  /** Devices with an open connection, whether or not they are approved. */
  connected: number;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Sorts this computer first, then by name; devices with the same name keep their order. */
function compareDevices(a: DeviceInfo, b: DeviceInfo): number {
  return Number(b.local) - Number(a.local) || collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}

/**
 * Every device that the hub knows. The lists change only when a device is added, removed, renamed, approved or
 * rejected; everything else changes inside its {@link Device}.
 */
export class DeviceStore implements Disposable {
  /** All devices but the blocked ones, sorted. */
  list = $state.raw<readonly Device[]>([]);
  approved = $state.raw<readonly Device[]>([]);
  /** Devices that wait for the user's decision, the latest first. */
  pending = $state.raw<readonly Device[]>([]);
  /** Devices that are refused without an answer; listed only in Settings. */
  blocked = $state.raw<readonly Device[]>([]);
  counts = $state.raw<DeviceCounts>({ online: 0, stale: 0, offline: 0, pending: 0, total: 0, connected: 0 });
  /** Which of the approved devices need a person. */
  readonly attention: AttentionList;
  /** False until the hub has sent its devices. */
  loaded = $state(false);
  readonly #byId = new Map<string, Device>();
  readonly #waiting = new Map<string, DeviceInfo | null>();
  readonly #clock: Clock;
  readonly #unsubscribe: Unsubscribe;
  #cancelBatch: Unsubscribe | null = null;

  constructor(api: HubApi, clock: Clock = systemClock) {
    this.#clock = clock;
    this.attention = new AttentionList(() => this.approved, clock);
    this.#unsubscribe = api.subscribe('devices', {}, (message) => this.#receive(message));
  }

  byId(id: string): Device | null {
    // The map itself is not reactive; the lists are, and change whenever the map's keys do.
    void this.list;
    return this.#byId.get(id) ?? null;
  }

  dispose(): void {
    this.#unsubscribe();
    this.#cancelBatch?.();
    this.attention.dispose();
  }

  #receive(message: TopicMessages['devices']): void {
    if (message.full) {
      this.#waiting.clear();
      const present = new Set(message.changed.map((device) => device.id));
      for (const id of this.#byId.keys()) if (!present.has(id)) this.#waiting.set(id, null);
    }
    for (const device of message.changed) this.#waiting.set(device.id, device);
    for (const id of message.removed) this.#waiting.set(id, null);
    if (message.full) this.#apply();
    else this.#cancelBatch ??= this.#clock.after(BATCH_MS, () => this.#apply());
  }

  #apply(): void {
    this.#cancelBatch?.();
    this.#cancelBatch = null;
    let listsChanged = !this.loaded;
    for (const [id, info] of this.#waiting) {
      const device = this.#byId.get(id);
      if (!info) listsChanged = this.#byId.delete(id) || listsChanged;
      else if (!device) {
        this.#byId.set(id, new Device(info));
        listsChanged = true;
      } else {
        const before = device.info;
        device.info = info;
        listsChanged ||=
          before.name !== info.name || before.approval !== info.approval || before.local !== info.local;
      }
    }
    this.#waiting.clear();
    if (listsChanged) this.#makeLists();
    this.#count();
    this.attention.changed(!this.loaded);
    this.loaded = true;
  }

  #makeLists(): void {
    const all = [...this.#byId.values()].sort(compareDevices);
    this.list = all.filter((device) => device.approval !== 'blocked');
    this.blocked = all.filter((device) => device.approval === 'blocked');
    this.approved = this.list.filter((device) => device.approval === 'approved');
    this.pending = this.list
      .filter((device) => device.approval === 'pending')
      .sort((a, b) => b.firstSeenAt - a.firstSeenAt || compareDevices(a, b));
  }

  #count(): void {
    const counts: DeviceCounts = {
      online: 0,
      stale: 0,
      offline: 0,
      pending: this.pending.length,
      total: this.approved.length,
      connected: 0,
    };
    for (const { session } of this.#byId.values()) if (session !== null) counts.connected++;
    for (const { state } of this.approved) {
      if (state === 'online') counts.online++;
      else if (state === 'stale') counts.stale++;
      else counts.offline++;
    }
    const shown = this.counts;
    if ((Object.keys(counts) as (keyof DeviceCounts)[]).some((name) => counts[name] !== shown[name])) {
      this.counts = counts;
    }
  }
}
