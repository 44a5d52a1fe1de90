import { existsSync, renameSync } from 'node:fs';
import { toFault } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { RecordBook } from './record-book';

/**
 * The file of an earlier version, whose contents were put into the book, is kept aside once those are on disk. Until then
 * it is read again at each start.
 */
export async function keepOldFile(path: string, book: RecordBook, log: Logger, now: number): Promise<void> {
  try {
    await book.saved();
    const aside = existsSync(`${path}.migrated`) ? `${path}.migrated-${now}` : `${path}.migrated`;
    renameSync(path, aside);
    log.info(`What ${path} held is kept with the history now; the file was renamed to ${aside}.`);
  } catch (error) {
    const { code, message: reason } = toFault(error);
    log.warn(`What ${path} holds could not be stored yet; it is read again at the next start.`, {
      code,
      reason,
    });
  }
}
