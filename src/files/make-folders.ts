import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it, for this user alone; nothing where it is there. Not `recursive`: that never ends
 * where a file system answers ENOENT to every mkdir, as /proc does. Throws what `mkdir` does.
 */
export function makeFolders(path: string): void {
  const missing: string[] = [];
  let existing = resolve(path);
  while (!existsSync(existing) && dirname(existing) !== existing) {
    missing.unshift(existing);
    existing = dirname(existing);
  }
  for (const each of missing) {
    try {
      mkdirSync(each, { mode: 0o700 });
    } catch (error) {
      // Somebody else made it in the meantime.
      if (!existsSync(each)) throw error;
    }
  }
}
