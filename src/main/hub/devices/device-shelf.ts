import type { Device } from './device';

/** Where the list of devices is kept over restarts. */
export interface DeviceShelf {
  /** The devices that are kept there; from now on those that `find` gives are. To be called once, before all else. */
  open(find: (id: string) => Device | undefined): Device[];
  /** The device as it is kept now; null when it is not. */
  read(id: string): Device | null;
  /** Something worth keeping of this device changed, or it is gone. */
  changed(id: string): void;
  /** Hands over what changed. It is on disk a moment later: see `saved`. */
  save(): void;
  /** Resolves when what changed so far is on disk. Rejects with `FILE_UNWRITABLE` when it cannot be written now. */
  saved(): Promise<void>;
  /** Runs `done` when what changed so far is on disk, together with changes of the next moment. */
  whenSaved(done: () => void): void;
}
