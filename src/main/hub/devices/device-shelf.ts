import type { Device } from './device';

/** Where the list of devices is kept over restarts. */
export interface DeviceShelf {
  /** The devices that are kept there; from now on those that `devices` gives are. To be called once, before all else. */
  open(devices: () => Iterable<Device>): Device[];
  /** Something worth keeping of this device changed, or it is gone. */
  changed(device: string): void;
  /** Keeps what changed now, and runs what waits for it. */
  save(): void;
  /** Runs `done` when what changed so far is kept; changes of the next moment are kept together with it. */
  whenSaved(done: () => void): void;
}
