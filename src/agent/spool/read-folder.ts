import { join } from 'node:path';
import type { Logger } from '@shared/logger';
import type { InternSchema } from './segment-decoder';
import type { SpoolFiles } from './spool-files';
import { openStored, type StoredSegment } from './stored-segment';

const SEGMENT_NAME = /^(\d{10})\.seg$/;

/** The name of a segment's file; a higher number is a later segment. */
export function segmentName(number: number): string {
  return `${String(number).padStart(10, '0')}.seg`;
}

/**
 * The segments that earlier runs left, oldest first, and the number for the next segment. A file that cannot be
 * opened is logged and left untouched. Throws what `node:fs` throws when the folder cannot be read.
 */
export function readFolder(
  files: SpoolFiles,
  folder: string,
  intern: InternSchema,
  log: Logger,
): { segments: StoredSegment[]; nextNumber: number } {
  const segments: StoredSegment[] = [];
  let nextNumber = 1;
  for (const name of files.list(folder).sort()) {
    const number = SEGMENT_NAME.exec(name)?.[1];
    if (number === undefined) continue;
    nextNumber = Number.parseInt(number, 10) + 1;
    const path = join(folder, name);
    try {
      const segment = openStored(files, path, intern);
      if (segment === 'foreign') log.warn(`${path} was written by a newer agent and is left untouched`);
      else if (segment === 'empty') files.remove(path);
      else segments.push(segment);
    } catch (error) {
      log.warn(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { segments, nextNumber };
}
