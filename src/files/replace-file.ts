import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file in one step, for its owner alone: a crash leaves the old or the new one, never half. Throws what the
 * file system does, and then leaves nothing beside it.
 */
export function replaceFile(path: string, text: string): void {
  // Another process may be writing the same file.
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
