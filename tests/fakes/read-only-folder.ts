import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a folder read-only until `undo`: by its permissions or, for root, who ignores them, by a read-only mount of the
 * folder onto itself.
 */
export function makeReadOnly(folder: string): { undo(): void } {
  if (process.getuid?.() !== 0) {
    chmodSync(folder, 0o500);
    return { undo: () => chmodSync(folder, 0o700) };
  }
  mount('--bind', folder, folder);
  try {
    mount('-o', 'remount,ro,bind', folder);
  } catch (error) {
    umount(folder);
    throw error;
  }
  return { undo: () => umount(folder) };
}

/** Returns why folders cannot be made read-only on this machine, or null. */
export function whyNotReadOnly(): string | null {
  if (process.platform === 'win32') return 'Windows has other permissions';
  const folder = mkdtempSync(join(tmpdir(), 'wirewatch-read-only-'));
  try {
    const made = makeReadOnly(folder);
    try {
      writeFileSync(join(folder, 'probe'), '');
      return 'the folder can be written all the same';
    } catch {
      return null;
    } finally {
      made.undo();
    }
  } catch {
    return 'root may not mount here';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'ignore' });
}

/** Unmounts lazily, because a process that has just ended may still hold a file. */
function umount(folder: string): void {
  execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
}
