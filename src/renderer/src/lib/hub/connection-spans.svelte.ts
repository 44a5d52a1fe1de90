import type { Disposable, Unsubscribe } from '@shared/disposable';
import type { HubApi } from '@shared/hub-api';
import type { ConnectionSpan } from '@shared/model';
import { startOfDay } from '../time/local-time';
import { hubNow } from '../time/hub-time';

const EVERY_MS = 60_000;
/** A restarting hub reports all its devices at once; they are queried together after this time, ms. */
const SETTLE_MS = 500;

/** When each device was connected today, from local midnight to now. */
export class ConnectionSpans implements Disposable {
  from = $state(0);
  to = $state(0);
  byDevice = $state.raw<Readonly<Record<string, readonly ConnectionSpan[]>>>({});
  /** False until the hub has answered. */
  loaded = $state(false);
  readonly #api: HubApi;
  readonly #stops: Unsubscribe[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(api: HubApi) {
    this.#api = api;
    const interval = setInterval(() => {
      if (!document.hidden) void this.refresh();
    }, EVERY_MS);
    this.#stops = [
      () => clearInterval(interval),
      api.onLink((link) => {
        if (link.state === 'open') void this.refresh();
      }),
      api.subscribe('events', {}, ({ events }) => {
        if (!events.some(({ kind }) => kind === 'connected' || kind === 'lost')) return;
        this.#timer ??= setTimeout(() => void this.refresh(), SETTLE_MS);
      }),
    ];
  }

  /** Returns the spans of one device, for any id. */
  ofDevice(id: string): readonly ConnectionSpan[] {
    return Object.hasOwn(this.byDevice, id) ? (this.byDevice[id] ?? []) : [];
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const question = ++this.#asked;
    const to = hubNow();
    const from = startOfDay(to);
    try {
      const byDevice = await this.#api.call('listConnectionSpans', { from, to });
      if (question !== this.#asked) return;
      this.from = from;
      this.to = to;
      this.byDevice = byDevice;
      this.loaded = true;
    } catch {
      // Not connected: keep the last value.
    }
  }

  dispose(): void {
    this.#asked++;
    clearTimeout(this.#timer);
    for (const stop of this.#stops) stop();
  }
}
