import type { Disposable, Unsubscribe } from '@shared/disposable';
import type { HubApi } from '@shared/hub-api';
import type { EventInfo } from '@shared/model';

export interface EventLogOptions {
  /** Keeps only the events of this device; of all devices without it. */
  device?: string;
  /** Events kept; the oldest go first. */
  limit?: number;
}

/** The requested events; times in ms since the epoch, null means unbounded. */
export interface EventReach {
  from: number | null;
  to: number | null;
}

/** A moving window is queried only after it has rested for this long, ms. */
const SETTLE_MS = 150;

/** The latest events of one device or of all, newest first, or the events of a time span. */
export class EventLog implements Disposable {
  list = $state.raw<readonly EventInfo[]>([]);
  /** False until earlier events have been loaded. */
  loaded = $state(false);
  readonly #api: HubApi;
  readonly #device: string | undefined;
  readonly #limit: number;
  readonly #unsubscribe: Unsubscribe[];
  #reach: EventReach = { from: null, to: null };
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(api: HubApi, { device, limit = 200 }: EventLogOptions = {}) {
    this.#api = api;
    this.#device = device;
    this.#limit = limit;
    this.#unsubscribe = [
      api.subscribe('events', {}, ({ events, removed }) => {
        this.#remove(removed);
        this.#add(events);
      }),
      // Event ids belong to one run of the hub, and events may be missing after a cut, so all are loaded again.
      api.onLink((link) => {
        if (link.state === 'open') void this.#load();
      }),
    ];
  }

  /** Switches to another span; the current events stay until the new ones are loaded. */
  reach(reach: EventReach): void {
    if (reach.from === this.#reach.from && reach.to === this.#reach.to) return;
    this.#reach = reach;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(), SETTLE_MS);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  async #load(): Promise<void> {
    const device = this.#device;
    const { from, to } = this.#reach;
    const question = ++this.#asked;
    try {
      const events = await this.#api.call('listEvents', {
        ...(device ? { device } : {}),
        ...(from === null ? {} : { from }),
        ...(to === null ? {} : { to }),
        limit: this.#limit,
      });
      if (this.#disposed || question !== this.#asked) return;
      this.list = [];
      this.#add(events);
      this.loaded = true;
    } catch {
      // The link was cut again; the next attempt starts when it returns.
    }
  }

  #add(events: readonly EventInfo[]): void {
    const { from, to } = this.#reach;
    const mine = events.filter(
      (event) =>
        (this.#device === undefined || event.device === this.#device) &&
        (from === null || event.at >= from) &&
        (to === null || event.at < to),
    );
    if (mine.length === 0) return;
    const byId = new Map([...this.list, ...mine].map((event) => [event.id, event]));
    this.list = [...byId.values()].sort((a, b) => b.at - a.at || b.id - a.id).slice(0, this.#limit);
  }

  #remove(ids: readonly number[]): void {
    if (ids.length === 0) return;
    const gone = new Set(ids);
    if (this.list.some(({ id }) => gone.has(id))) this.list = this.list.filter(({ id }) => !gone.has(id));
  }
}
