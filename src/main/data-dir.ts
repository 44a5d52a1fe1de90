import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fail, succeed, toFault, type Fault, type Result } from '@shared/errors';
import { judgeFolder } from '../files/folder-trust';
import { makeFolders } from '../files/make-folders';
import { sweepDrafts } from '../files/replace-file';
import { refuseNewerData } from './hub/backup/newer-data';

export interface DataDir {
  path: string;
  /** The fault `DATA_DIR_READ_ONLY` if the folder is not writable although its contents can be read; otherwise null. */
  readOnly: Fault | null;
  /** The access that other users have to the folder, for the log. */
  warnings: string[];
}

/**
 * Makes sure that the folder exists, accessible to this user only, and is writable. Fails with `DATA_DIR_UNWRITABLE`,
 * with `FOLDER_OF_OTHERS` if another user could have put something into it, or with `DATA_NEWER`.
 */
export function prepareDataDir(path: string): Result<string> {
  const found = findDataDir(path);
  if (!found.ok) return found;
  const { path: dir, readOnly } = found.value;
  const known = refuseNewerData(dir);
  if (!known.ok) return known;
  return readOnly ? fail('DATA_DIR_UNWRITABLE', readOnly.message) : succeed(dir);
}

/**
 * Like {@link prepareDataDir}, but also accepts an existing folder that is not writable. Fails with
 * `DATA_DIR_UNWRITABLE` if there is none, and with `FOLDER_OF_OTHERS`.
 */
export function findDataDir(path: string): Result<DataDir> {
  const dir = resolve(path);
  let warnings: string[];
  try {
    makeFolders(dir);
    if (!statSync(dir).isDirectory()) return unwritable(dir, 'it is not a folder');
    readdirSync(dir);
    const judged = judgeFolder(dir);
    if (!judged.ok) return judged;
    warnings = judged.value;
  } catch (error) {
    return unwritable(dir, explain(error));
  }
  try {
    // Only an actual write is conclusive: permission bits mean little to root, and nothing on a file system such as
    // /proc.
    const probe = join(dir, `.probe-${randomUUID()}`);
    writeFileSync(probe, '', { mode: 0o600, flag: 'wx' });
    rmSync(probe);
    for (const folder of [dir, join(dir, 'tls'), join(dir, 'join-tokens')]) sweepDrafts(folder, Date.now());
    return succeed({ path: dir, readOnly: null, warnings });
  } catch (error) {
    const message = `The data folder ${dir} is not writable: ${explain(error)}.`;
    return succeed({ path: dir, readOnly: { code: 'DATA_DIR_READ_ONLY', message }, warnings });
  }
}

function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EROFS') return 'the file system is read-only';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'a file is in the way';
  if (code === 'ENOENT') return 'it cannot be created there';
  if (code === 'ENOSPC') return 'the disk is full';
  return toFault(error).message;
}

function unwritable(dir: string, why: string) {
  return fail('DATA_DIR_UNWRITABLE', `The data folder ${dir} cannot be used: ${why}.`);
}
