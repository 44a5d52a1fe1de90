import type { Disposable } from '@shared/disposable';
import type { DeviceInfo } from '@shared/model';

/** The minimum interval between refreshes while late samples arrive, ms. */
const FILL_EVERY_MS = 5_000;

interface Devices {
  byId(id: string): Pick<DeviceInfo, 'backlog'> | null;
}

interface Past {
  readonly loading: boolean;
  refresh(): void;
}

/** Refreshes charts when devices deliver samples that they could not send in time. */
export class LateSamples implements Disposable {
  readonly #devices: Devices;
  readonly #past: Past;
  #areArriving = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(devices: Devices, past: Past) {
    this.#devices = devices;
    this.#past = past;
  }

  /** Reactive: sets the visible devices; call it whenever their state changes. */
  follow(ids: readonly string[]): void {
    this.#areArriving = ids.some((id) => Boolean(this.#devices.byId(id)?.backlog));
    // When all have arrived, the pending timer still loads the last of them.
    if (this.#areArriving) this.#timer ??= setTimeout(this.#fill, FILL_EVERY_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  readonly #fill = (): void => {
    // A refresh cancels the current request, so a slow request would never be answered.
    const mustWait = this.#past.loading || document.hidden;
    if (!mustWait) this.#past.refresh();
    const isMoreDue = mustWait || this.#areArriving;
    this.#timer = isMoreDue ? setTimeout(this.#fill, FILL_EVERY_MS) : undefined;
  };
}
