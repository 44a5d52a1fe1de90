import { readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail, succeed, toFault, type Result } from '@shared/errors';
import { makeFolders } from './make-folders';
import { replaceFile } from './replace-file';

/** Reads a small JSON file; a missing one is `null`, an unreadable one fails with `FILE_UNREADABLE`. */
export function readJsonFile(path: string): Result<unknown> {
  try {
    return succeed(JSON.parse(readFileSync(path, 'utf8')) as unknown);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return succeed(null);
    return fail('FILE_UNREADABLE', `${path} cannot be read: ${toFault(error).message}`);
  }
}

/** Replaces a small JSON file in one step, so that a crash leaves the old or the new one, never half. */
export function writeJsonFile(path: string, value: unknown): Result<null> {
  try {
    makeFolders(dirname(path));
    replaceFile(path, `${JSON.stringify(value, null, 2)}\n`);
    return succeed(null);
  } catch (error) {
    return fail('FILE_UNWRITABLE', `${path} cannot be written: ${toFault(error).message}`);
  }
}

/** Puts a file that could not be understood aside, so that nothing the user had is overwritten. */
export function setFileAside(path: string, now: number): string {
  const aside = `${path}.damaged-${now}`;
  try {
    renameSync(path, aside);
  } catch {
    return path;
  }
  return aside;
}
