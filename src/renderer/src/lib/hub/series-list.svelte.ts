import { toFault, type Fault } from '@shared/errors';
import type { HubApi } from '@shared/hub-api';
import type { SeriesInfo } from '@shared/model';

/** The series of one device. The last list stays until the next answer. */
export class SeriesList {
  /** Null until the hub has answered once. */
  list = $state.raw<readonly SeriesInfo[] | null>(null);
  fault = $state.raw<Fault | null>(null);
  readonly #api: HubApi;
  readonly #device: string;
  #asked = 0;

  constructor(api: HubApi, device: string) {
    this.#api = api;
    this.#device = device;
  }

  /** Asks again; only the answer to the latest request counts. */
  async refresh(): Promise<void> {
    const question = ++this.#asked;
    try {
      const list = await this.#api.call('listSeries', { device: this.#device });
      if (question !== this.#asked) return;
      this.list = list;
      this.fault = null;
    } catch (error) {
      if (question === this.#asked) this.fault = toFault(error);
    }
  }
}
