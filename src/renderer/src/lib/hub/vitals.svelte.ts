import type { Disposable } from '@shared/disposable';
import type { HubApi } from '@shared/hub-api';
import type { DeviceVitals } from '@shared/model';
import { Polled } from './polled.svelte';

/** How often the values of a whole fleet are requested, ms. */
const EVERY_MS = 3_000;

/** The present values of all devices, as long as they are wanted. */
export class VitalsWatch implements Disposable {
  readonly #api: HubApi;
  #polled = $state.raw<Polled<DeviceVitals[]> | null>(null);
  readonly byId = $derived.by<ReadonlyMap<string, DeviceVitals>>(
    () => new Map((this.#polled?.value ?? []).map((one) => [one.device, one])),
  );

  constructor(api: HubApi) {
    this.#api = api;
  }

  want(isWanted: boolean): void {
    if (isWanted === (this.#polled !== null)) return;
    this.#polled?.dispose();
    this.#polled = isWanted ? new Polled(() => this.#api.call('listVitals', {}), EVERY_MS) : null;
  }

  dispose(): void {
    this.want(false);
  }
}
