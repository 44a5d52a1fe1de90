import type { Disposable, Unsubscribe } from '@shared/disposable';
import type { HubApi } from '@shared/hub-api';
import type { Extent } from '../time-view/ranges';

/** Old samples go and new ones come slowly. */
const EVERY_MS = 60_000;

/** From when to when there are samples of a device, as of the last minute. */
export class ExtentWatch implements Disposable {
  /** Null while unknown or where there is no sample. */
  extent = $state.raw<Extent | null>(null);
  readonly #api: HubApi;
  readonly #device: string;
  readonly #stops: Unsubscribe[];

  constructor(api: HubApi, device: string) {
    this.#api = api;
    this.#device = device;
    const timer = setInterval(() => {
      if (!document.hidden) void this.refresh();
    }, EVERY_MS);
    this.#stops = [
      () => clearInterval(timer),
      api.onLink((link) => {
        if (link.state === 'open') void this.refresh();
      }),
    ];
  }

  async refresh(): Promise<void> {
    try {
      const found = await this.#api.call('getExtent', { device: this.#device });
      if (found?.oldest !== this.extent?.oldest || found?.newest !== this.extent?.newest) this.extent = found;
    } catch {
      // Not connected, or a device that is not known yet: what was known stays.
    }
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
  }
}
