import type { Disposable } from '@shared/disposable';
import { toFault, type Fault } from '@shared/errors';
import type { SelectedGroup } from '@shared/explore/explore-view';
import { refKey } from '@shared/explore/selection';
import type { HubApi } from '@shared/hub-api';
import type { SeriesInfo } from '@shared/model';

/** Devices connect in bursts, so one request covers all changes within this time, ms. */
const AGAIN_AFTER_MS = 500;
const RETRY_MS = 5_000;

/** Finds the hub's series of selections, which name them by device, metric and labels. */
export class SeriesLookup implements Disposable {
  /** By {@link refKey}. The last result stays until the next answer; null before the first. */
  known = $state.raw<ReadonlyMap<string, SeriesInfo> | null>(null);
  fault = $state.raw<Fault | null>(null);
  readonly #api: HubApi;
  #selections: readonly (readonly SelectedGroup[])[] = [];
  #wanted = '';
  #stamp = '';
  #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: HubApi) {
    this.#api = api;
  }

  /**
   * Sets the selections to look up. They are requested again whenever `stamp` changes: a restarted hub has other ids,
   * and new devices bring new series.
   */
  find(selections: readonly (readonly SelectedGroup[])[], stamp: string): void {
    const wanted = JSON.stringify(selections);
    if (wanted === this.#wanted && stamp === this.#stamp) return;
    const isOther = wanted !== this.#wanted;
    this.#wanted = wanted;
    this.#stamp = stamp;
    this.#selections = selections;
    this.#askIn(isOther ? 0 : AGAIN_AFTER_MS);
  }

  dispose(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  #askIn(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), delayMs);
  }

  async #ask(): Promise<void> {
    this.#stop.abort();
    const { signal } = (this.#stop = new AbortController());
    try {
      const answers = await Promise.all(
        this.#selections
          .filter((groups) => groups.length > 0)
          .map((groups) => this.#api.call('resolveSeries', { groups: [...groups] }, { signal })),
      );
      if (signal.aborted) return;
      this.fault = null;
      this.known = new Map(answers.flat().map((info) => [refKey(info), info]));
    } catch (error) {
      if (signal.aborted) return;
      this.fault = toFault(error);
      this.#askIn(RETRY_MS);
    }
  }
}
