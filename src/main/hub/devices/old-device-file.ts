import { join } from 'node:path';
import type { Logger } from '@shared/logger';
import { readJsonFile, setFileAside } from '../../../files/json-file';
import { keepOldFile } from '../records/old-file';
import type { RecordBook } from '../records/record-book';
import { formatDevice, parseDevices, restoreDevice } from './saved-devices';

/**
 * Takes over `devices.json`, where earlier versions kept the devices. What the book already knows of a device is newer.
 */
export function takeOverDeviceFile(dataDir: string, book: RecordBook, log: Logger, now: number): void {
  const path = join(dataDir, 'devices.json');
  const read = readJsonFile(path);
  if (read.ok && read.value === null) return;
  const parsed = read.ok ? parseDevices(read.value) : null;
  if (!parsed) {
    const aside = setFileAside(path, now);
    log.error(`The devices file could not be read and was set aside as ${aside}.`);
    return;
  }
  if (parsed.leftOut > 0) {
    log.error(`${parsed.leftOut} entries of ${path} cannot be understood and are left out.`);
  }
  for (const saved of parsed.devices) {
    if (!book.knows('device', saved.id)) book.put('device', saved.id, formatDevice(restoreDevice(saved)));
  }
  void keepOldFile(path, book, log, now);
}
