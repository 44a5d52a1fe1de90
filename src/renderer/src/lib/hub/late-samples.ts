import type { Disposable } from '@shared/disposable';
import type { DeviceInfo } from '@shared/model';

/** While late samples arrive, what is shown is read anew this often at most, ms. */
const FILL_EVERY_MS = 5_000;

interface Devices {
  byId(id: string): Pick<DeviceInfo, 'backlog'> | null;
}

interface Past {
  readonly loading: boolean;
  refresh(): void;
}

/** What devices could not send when they measured it belongs into pictures that are there already. */
export class LateSamples implements Disposable {
  readonly #devices: Devices;
  readonly #past: Past;
  #areArriving = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(devices: Devices, past: Past) {
    this.#devices = devices;
    this.#past = past;
  }

  /** Reactive: whose samples are shown; to be called whenever what is known of them changes. */
  follow(ids: readonly string[]): void {
    this.#areArriving = ids.some((id) => Boolean(this.#devices.byId(id)?.backlog));
    // Once they have all arrived, the timer that is left reads the last of them.
    if (this.#areArriving) this.#timer ??= setTimeout(this.#fill, FILL_EVERY_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  readonly #fill = (): void => {
    // Reading anew takes back the question under way: one that takes long would never be answered.
    const mustWait = this.#past.loading || document.hidden;
    if (!mustWait) this.#past.refresh();
    const isMoreDue = mustWait || this.#areArriving;
    this.#timer = isMoreDue ? setTimeout(this.#fill, FILL_EVERY_MS) : undefined;
  };
}
