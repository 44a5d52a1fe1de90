import { chmodSync, lstatSync, readdirSync, statSync, type Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fail, succeed, type Result } from '@shared/errors';

/** Group and others may write. */
const OTHERS_WRITE = 0o022;
/** Only who owns an entry may rename or delete it, as in /tmp. */
const STICKY = 0o1000;
/** How far below the folder its entries are looked at; our programs make no deeper ones. */
const MAX_DEPTH = 3;
/** Beyond this many entries the rest are not looked at. */
const MAX_ENTRIES = 20_000;

/**
 * Judges, by owner and mode as ssh does, whether another user of this machine could have put something into a folder
 * whose contents this program obeys, or could do so later. Fails with `FOLDER_OF_OTHERS` when the folder or something in
 * it, a symbolic link included, belongs to neither this user nor root. Takes away others' right to write to a folder of
 * this user's. Returns what the log should say. Where there are no owners (Windows) every folder is fine.
 */
export function judgeFolder(path: string, uid = process.getuid?.()): Result<string[]> {
  if (uid === undefined) return succeed([]);
  const folder = resolve(path);
  const isTrusted = (stats: Stats): boolean => stats.uid === uid || stats.uid === 0;
  const itself = statSync(folder);
  if (!isTrusted(itself) || !isTrusted(lstatSync(folder))) {
    return fail(
      'FOLDER_OF_OTHERS',
      `The folder ${folder} belongs to another user, who could have put anything into it. Use a folder of your own, or make it yours: chown -R "$(id -u)" '${folder}'.`,
    );
  }
  const foreign = findForeign(folder, isTrusted);
  if (foreign !== null) {
    return fail(
      'FOLDER_OF_OTHERS',
      `${foreign} in the folder of this program belongs to another user. Look into it, then remove it or make it yours.`,
    );
  }
  const warnings: string[] = [];
  if ((itself.mode & OTHERS_WRITE) !== 0) warnings.push(closeToOthers(folder, itself));
  const open = firstOpen(dirname(folder), isTrusted);
  if (open !== null) {
    warnings.push(`Other users may write to ${open}, and so could replace the folder ${folder} by another.`);
  }
  return succeed(warnings);
}

/** The folder, or the one above it, in which others may replace this user's files; null when there is none. */
export function openToOthers(path: string, uid = process.getuid?.()): string | null {
  if (uid === undefined) return null;
  return firstOpen(resolve(path), (stats) => stats.uid === uid || stats.uid === 0);
}

/** The first entry that belongs to somebody else; null when there is none. Links are not followed. */
function findForeign(folder: string, isTrusted: (stats: Stats) => boolean): string | null {
  const waiting = [{ path: folder, depth: 1 }];
  let seen = 0;
  for (let next = waiting.pop(); next && seen < MAX_ENTRIES; next = waiting.pop()) {
    for (const name of namesIn(next.path)) {
      if (++seen > MAX_ENTRIES) break;
      const path = join(next.path, name);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (!stats) continue;
      if (!isTrusted(stats)) return path;
      if (stats.isDirectory() && next.depth < MAX_DEPTH) waiting.push({ path, depth: next.depth + 1 });
    }
  }
  return null;
}

/** What cannot be read is not obeyed either. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Takes away others' right to write, where that is possible, and says so. */
function closeToOthers(folder: string, { mode }: Stats): string {
  const before = `Other users could write to the folder ${folder} (mode ${(mode & 0o7777).toString(8)})`;
  try {
    chmodSync(folder, mode & 0o7777 & ~OTHERS_WRITE);
  } catch {
    return `${before}, and still can: use a folder of your own.`;
  }
  // A file system without rights of its own accepts the change and does nothing.
  const isClosed = (statSync(folder).mode & OTHERS_WRITE) === 0;
  return isClosed ? `${before}; now only you can.` : `${before}, and still can: use a folder of your own.`;
}

/** The folder, or one above it, in which others may rename what belongs to this user; null when there is none. */
function firstOpen(folder: string, isTrusted: (stats: Stats) => boolean): string | null {
  for (let path = folder; ; path = dirname(path)) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) continue;
    if (!isTrusted(stats) || ((stats.mode & OTHERS_WRITE) !== 0 && (stats.mode & STICKY) === 0)) return path;
    if (path === dirname(path)) return null;
  }
}
