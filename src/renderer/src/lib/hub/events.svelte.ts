import type { Disposable, Unsubscribe } from '@shared/disposable';
import type { HubApi } from '@shared/hub-api';
import type { EventInfo } from '@shared/model';

export interface EventLogOptions {
  /** Only events of this device; all without it. */
  device?: string;
  /** Events kept; the oldest go first. */
  limit?: number;
}

/** The latest events of one device or of all, newest first. */
export class EventLog implements Disposable {
  list = $state.raw<readonly EventInfo[]>([]);
  /** False until earlier events were read. */
  loaded = $state(false);
  readonly #api: HubApi;
  readonly #device: string | undefined;
  readonly #limit: number;
  readonly #unsubscribe: Unsubscribe[];
  #disposed = false;

  constructor(api: HubApi, { device, limit = 200 }: EventLogOptions = {}) {
    this.#api = api;
    this.#device = device;
    this.#limit = limit;
    this.#unsubscribe = [
      api.subscribe('events', {}, ({ events }) => this.#add(events)),
      // Event ids belong to one run of the hub, and a cut may have swallowed some: read them anew.
      api.onLink((link) => {
        if (link.state === 'open') void this.#load();
      }),
    ];
  }

  dispose(): void {
    this.#disposed = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  async #load(): Promise<void> {
    const device = this.#device;
    try {
      const events = await this.#api.call('listEvents', {
        ...(device ? { device } : {}),
        limit: this.#limit,
      });
      if (this.#disposed) return;
      this.list = [];
      this.#add(events);
      this.loaded = true;
    } catch {
      // The link was cut again; its return starts another attempt.
    }
  }

  #add(events: readonly EventInfo[]): void {
    const mine = this.#device ? events.filter((event) => event.device === this.#device) : events;
    if (mine.length === 0) return;
    const byId = new Map([...this.list, ...mine].map((event) => [event.id, event]));
    this.list = [...byId.values()].sort((a, b) => b.at - a.at || b.id - a.id).slice(0, this.#limit);
  }
}
