import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A draft that is older was left behind by a crash, ms. */
const LEFT_BEHIND_AFTER_MS = 60_000;

/**
 * Writes a file in one step, for its owner alone: a crash leaves the old or the new one, never half. Throws what the
 * file system does, and then leaves nothing beside it.
 */
export function replaceFile(path: string, text: string): void {
  // Another process may be writing the same file, and another user may have put a link where a draft is expected.
  const draft = draftName(path);
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** The name of a draft of a file, which nobody can guess. Open it exclusively (`wx`): then no link is followed. */
export function draftName(path: string): string {
  return `${path}.${randomBytes(8).toString('hex')}.new`;
}

/** Deletes the drafts that crashes left behind in a folder; `now` is in ms since the epoch. Never throws. */
export function sweepDrafts(folder: string, now: number): void {
  try {
    for (const name of readdirSync(folder)) {
      if (!/\.(?:[0-9a-f]{16}|\d+)\.new$/.test(name)) continue;
      const path = join(folder, name);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats?.isFile() === true && Math.abs(now - stats.mtimeMs) > LEFT_BEHIND_AFTER_MS)
        rmSync(path, { force: true });
    }
  } catch {
    // They take up room and do no other harm.
  }
}
