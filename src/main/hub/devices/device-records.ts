import type { Logger } from '@shared/logger';
import type { RecordBook } from '../records/record-book';
import type { Device } from './device';
import type { DeviceShelf } from './device-shelf';
import { formatDevice, parseDevice, restoreDevice } from './saved-devices';

/** Devices as records: a change of one touches nothing of the others. */
export class DeviceRecords implements DeviceShelf {
  readonly #book: RecordBook;
  readonly #log: Logger;
  readonly #changed = new Set<string>();
  #find: (id: string) => Device | undefined = () => undefined;

  constructor(book: RecordBook, log: Logger) {
    this.#book = book;
    this.#log = log;
  }

  open(find: (id: string) => Device | undefined): Device[] {
    this.#find = find;
    const devices = Array.from(this.#book.all('device').keys(), (id) => this.read(id));
    return devices.filter((device) => device !== null);
  }

  read(id: string): Device | null {
    const body = this.#book.get('device', id);
    if (body === null) return null;
    const saved = parseDevice(body);
    if (saved?.id === id) return restoreDevice(saved);
    // Not overwritten before it is there again: perhaps another version understands it.
    this.#log.error('The entry of a device cannot be understood and is left out.', { device: id });
    return null;
  }

  changed(id: string): void {
    this.#changed.add(id);
  }

  save(): void {
    for (const id of this.#changed) {
      const device = this.#find(id);
      this.#book.put('device', id, device ? formatDevice(device) : null);
    }
    this.#changed.clear();
  }

  saved(): Promise<void> {
    this.save();
    return this.#book.saved();
  }

  whenSaved(done: () => void): void {
    this.save();
    this.#book.whenSaved(done);
  }
}
