import type { Disposable, Unsubscribe } from '@shared/disposable';
import type { HubApi } from '@shared/hub-api';
import type { Extent } from '../time-view/ranges';

/** Old samples go and new ones come slowly. */
const EVERY_MS = 60_000;

/** From when to when there are samples of any device, as of the last minute. */
export class HubExtentWatch implements Disposable {
  /** Null while unknown or where there is no sample. */
  extent = $state.raw<Extent | null>(null);
  readonly #api: HubApi;
  readonly #stops: Unsubscribe[];

  constructor(api: HubApi) {
    this.#api = api;
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
      const { tiers } = await this.#api.call('getStorage', {});
      let oldest = Infinity;
      let newest = -Infinity;
      for (const tier of tiers) {
        oldest = Math.min(oldest, tier.oldest ?? Infinity);
        newest = Math.max(newest, tier.newest ?? -Infinity);
      }
      if (oldest === this.extent?.oldest && newest === this.extent.newest) return;
      this.extent = oldest <= newest ? { oldest, newest } : null;
    } catch {
      // Not connected: what was known stays.
    }
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
  }
}
