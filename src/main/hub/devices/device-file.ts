import { join } from 'node:path';
import type { Clock } from '@shared/clock';
import type { Logger } from '@shared/logger';
import { readJsonFile, setFileAside, writeJsonFile } from '../../../files/json-file';
import type { Device } from './device';
import type { DeviceShelf } from './device-shelf';
import { parseDevices, restoreDevice, toSaved } from './saved-devices';

/** What has to be on disk waits so long for more, ms: many devices that join at once share a write. */
const SAVE_TOGETHER_MS = 20;
/** And so many times as long as the write before took: a long list is not written all the time. */
const SAVE_SHARE = 10;

/** `devices.json`: the list as a whole, written anew whenever it changed. */
export class DeviceFile implements DeviceShelf {
  readonly #path: string | null;
  readonly #clock: Clock;
  readonly #log: Logger;
  #devices: () => Iterable<Device> = () => [];
  #unsaved = false;
  #saveTookMs = 0;
  #savedListeners: (() => void)[] = [];

  /** `dataDir` null keeps nothing. */
  constructor(dataDir: string | null, clock: Clock, log: Logger) {
    this.#path = dataDir === null ? null : join(dataDir, 'devices.json');
    this.#clock = clock;
    this.#log = log;
  }

  open(devices: () => Iterable<Device>): Device[] {
    this.#devices = devices;
    if (this.#path === null) return [];
    const read = readJsonFile(this.#path);
    if (read.ok && read.value === null) return [];
    const saved = read.ok ? parseDevices(read.value) : null;
    if (saved !== null) return saved.map(restoreDevice);
    const aside = setFileAside(this.#path, this.#clock.now());
    this.#log.error(`The devices file could not be read and was set aside as ${aside}.`);
    return [];
  }

  changed(): void {
    this.#unsaved = true;
  }

  whenSaved(done: () => void): void {
    this.#unsaved = true;
    this.#savedListeners.push(done);
    if (this.#savedListeners.length > 1) return;
    const delayMs = Math.max(SAVE_TOGETHER_MS, SAVE_SHARE * this.#saveTookMs);
    this.#clock.after(delayMs, () => this.save());
  }

  save(): void {
    this.#write();
    for (const done of this.#savedListeners.splice(0)) done();
  }

  #write(): void {
    if (!this.#unsaved || this.#path === null) return;
    this.#unsaved = false;
    const startedAt = performance.now();
    const written = writeJsonFile(this.#path, toSaved(this.#devices()));
    this.#saveTookMs = performance.now() - startedAt;
    if (!written.ok) this.#log.error(written.error.message, { code: written.error.code });
  }
}
