import type { Disposable } from '@shared/disposable';
import { toFault, type Fault } from '@shared/errors';
import { MAX_SELECTED_SERIES } from '@shared/explore/explore-view';
import type { HubApi } from '@shared/hub-api';
import type { SeriesInfo, SeriesSearch } from '@shared/model';

export type GroupBy = 'metric' | 'device';

/** Searches while the user types: only the latest request counts, earlier ones are cancelled. */
export class SeriesFinder implements Disposable {
  /** The last result stays until the next answer. */
  found = $state.raw<SeriesSearch | null>(null);
  fault = $state.raw<Fault | null>(null);
  readonly #api: HubApi;
  #stop = new AbortController();

  constructor(api: HubApi) {
    this.#api = api;
  }

  async find(text: string, by: GroupBy): Promise<void> {
    this.#stop.abort();
    const { signal } = (this.#stop = new AbortController());
    try {
      const found = await this.#api.call('searchSeries', { text: text.slice(0, 256), by }, { signal });
      if (signal.aborted) return;
      this.found = found;
      this.fault = null;
    } catch (error) {
      if (!signal.aborted) this.fault = toFault(error);
    }
  }

  /** Finds all matches, up to the limit of a view; rejects with a `FaultError`. */
  async all(text: string, by: GroupBy): Promise<SeriesSearch> {
    const most = MAX_SELECTED_SERIES;
    const params = { text: text.slice(0, 256), by, groups: most, perGroup: most, limit: most };
    return this.#api.call('searchSeries', params);
  }

  dispose(): void {
    this.#stop.abort();
  }
}

/** Identifies a group, so that it is recognised in another answer. */
export function groupKey([first]: readonly SeriesInfo[], by: GroupBy): string {
  if (!first) return '';
  return by === 'device' ? first.device : JSON.stringify([first.metric, Object.entries(first.labels).sort()]);
}
