import { existsSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { fail, succeed, toFault, type Result } from '@shared/errors';
import { readJsonFile, writeJsonFile } from '../../../files/json-file';
import { makeFolders } from '../../../files/make-folders';
import { lockFolder } from '../store/database';
import { REPLACED_FILES, SECRET_FILES, TOKEN_FOLDER } from './parts';

/** In the data folder: what is to be restored. */
export const RESTORE_FOLDER = 'restore';
export const STAGED_FOLDER = 'data';
const READY_FILE = 'ready.json';

const readySchema = v.object({
  version: v.literal(1),
  /** Where the former data goes, a name in the data folder. */
  aside: v.pipe(v.string(), v.regex(/^before-restore-[0-9TZ-]{15,30}$/)),
  /** The files that are restored, as in a backup. */
  names: v.array(v.string()),
});

/** Says that what is staged is complete; written last. Throws when it cannot be written. */
export function markReady(dataDir: string, names: readonly string[], now: number): void {
  const at = new Date(now).toISOString().replace(/[:.]/g, '-');
  const ready = { version: 1, aside: `before-restore-${at}`, names };
  const written = writeJsonFile(join(dataDir, RESTORE_FOLDER, READY_FILE), ready);
  if (!written.ok) throw new Error(written.error.message);
}

/**
 * Puts what is staged in a data folder in the place of its data, before anything there is opened. The former data is kept
 * in a folder beside it. Each file is moved in one step, and a crash in the middle is finished at the next call: while
 * the staged file is still there, the one in its place is the former. Returns the name of the folder with the former
 * data; null when nothing is staged. Fails with `STORE_IN_USE` (a hub runs there, or a restore is being staged) and
 * `RESTORE_FAILED`; after both, nothing may use the data until another call succeeds.
 */
export function applyRestore(dataDir: string): Result<string | null> {
  if (!existsSync(join(dataDir, RESTORE_FOLDER))) return succeed(null);
  // Whoever stages a restore has the lock, and only then is an unfinished one left over from a crash.
  const lock = lockFolder(join(dataDir, 'history'));
  if (!lock.ok) return lock;
  try {
    return applyStaged(dataDir);
  } finally {
    lock.value.close();
  }
}

/** The same for who has the lock of the folder. Fails with `RESTORE_FAILED`. */
export function applyStaged(dataDir: string): Result<string | null> {
  const folder = join(dataDir, RESTORE_FOLDER);
  const ready = v.safeParse(readySchema, readReady(folder));
  if (!ready.success) {
    // It was not complete when the program ended: it counts as never begun.
    rmSync(folder, { recursive: true, force: true });
    return succeed(null);
  }
  try {
    const { aside, names } = ready.output;
    const former = join(dataDir, aside);
    const staged = join(folder, STAGED_FOLDER);
    const places = new Set(names.map(placeOf));
    const keepsKey = !places.has('tls/key.pem');
    const replaced = keepsKey ? REPLACED_FILES : [...REPLACED_FILES, ...SECRET_FILES];
    for (const name of replaced) {
      const isRestored = places.has(name);
      if (isRestored && !existsSync(join(staged, name))) continue;
      move(join(dataDir, name), freePath(join(former, name)));
      if (isRestored) move(join(staged, name), join(dataDir, name));
    }
    rmSync(folder, { recursive: true, force: true });
    return succeed(existsSync(former) ? aside : null);
  } catch (error) {
    return fail('RESTORE_FAILED', `The restored data cannot take its place: ${toFault(error).message}.`);
  }
}

/** What a hub keeps in a folder, by name; empty for one without data. */
export function dataIn(dataDir: string): string[] {
  if (!existsSync(dataDir)) return [];
  const names = new Set<string>([...REPLACED_FILES, ...SECRET_FILES]);
  return [...names].filter((name) => {
    const path = join(dataDir, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats !== undefined && !(stats.isDirectory() && readdirSync(path).length === 0);
  });
}

function readReady(folder: string): unknown {
  const read = readJsonFile(join(folder, READY_FILE));
  return read.ok ? read.value : null;
}

/** The folder of tokens is moved as a whole. */
function placeOf(name: string): string {
  return name.startsWith(`${TOKEN_FOLDER}/`) ? TOKEN_FOLDER : name;
}

/** What stands in a former file's place once that is aside was made since: it must not overwrite it. */
function freePath(path: string): string {
  let free = path;
  for (let i = 2; existsSync(free); i++) free = `${path}-${i}`;
  return free;
}

function move(from: string, to: string): void {
  if (!existsSync(from)) return;
  makeFolders(dirname(to));
  renameSync(from, to);
}
