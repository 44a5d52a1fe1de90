import { readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail, succeed, toFault, type Result } from '@shared/errors';
import { checkedObject, withChecksum } from './checksum';
import { makeFolders } from './make-folders';
import { replaceFile } from './replace-file';

/**
 * Reads a small JSON file; a missing one is `null`, one that is unreadable or does not match its checksum fails with
 * `FILE_UNREADABLE`.
 */
export function readJsonFile(path: string): Result<unknown> {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as unknown;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return succeed(value);
    const checked = checkedObject(value);
    if (checked) return succeed(checked);
    const hint = 'If you changed it yourself, remove the line with the checksum.';
    return fail('FILE_UNREADABLE', `${path} is damaged: its checksum does not match. ${hint}`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return succeed(null);
    return fail('FILE_UNREADABLE', `${path} cannot be read: ${toFault(error).message}`);
  }
}

/** Replaces a small JSON file in one step, so that a crash leaves the old or the new one, never half. */
export function writeJsonFile(path: string, value: unknown): Result<null> {
  try {
    makeFolders(dirname(path));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    replaceFile(path, `${JSON.stringify(isObject ? withChecksum(value) : value, null, 2)}\n`);
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
