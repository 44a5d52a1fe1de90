import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Creates a folder and its parents, accessible to this user only; does nothing if it exists. It does not use
 * `recursive`, which never returns on a file system that answers ENOENT to every mkdir, as /proc does. Throws
 * whatever `mkdir` throws.
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
      // Another process may have created it in the meantime.
      if (!existsSync(each)) throw error;
    }
  }
}
