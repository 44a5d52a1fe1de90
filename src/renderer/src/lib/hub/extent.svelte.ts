import type { Disposable, Unsubscribe } from '@shared/disposable';
import type { HubApi } from '@shared/hub-api';
import type { Extent } from '../time/ranges';

/** The extent changes slowly, so it is requested at this interval, ms. */
const EVERY_MS = 60_000;

/** The times of the oldest and newest sample, as of the last minute. */
export class ExtentWatch implements Disposable {
  /** Null while unknown or if there are no samples. */
  extent = $state.raw<Extent | null>(null);
  readonly #read: () => Promise<Extent | null>;
  readonly #stops: Unsubscribe[];

  private constructor(api: HubApi, read: () => Promise<Extent | null>) {
    this.#read = read;
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

  static ofDevice(api: HubApi, device: string): ExtentWatch {
    return new ExtentWatch(api, () => api.call('getExtent', { device }));
  }

  static ofHub(api: HubApi): ExtentWatch {
    return new ExtentWatch(api, () => hubExtent(api));
  }

  async refresh(): Promise<void> {
    try {
      const found = await this.#read();
      if (found?.oldest !== this.extent?.oldest || found?.newest !== this.extent?.newest) this.extent = found;
    } catch {
      // Not connected, or the device is not known yet: keep the last value.
    }
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
  }
}

async function hubExtent(api: HubApi): Promise<Extent | null> {
  const { tiers } = await api.call('getStorage', {});
  const oldest = Math.min(...tiers.map((tier) => tier.oldest ?? Infinity));
  const newest = Math.max(...tiers.map((tier) => tier.newest ?? -Infinity));
  return oldest <= newest ? { oldest, newest } : null;
}
