import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PIECE = Buffer.alloc(4_096, 1);

export interface SmallVolume {
  /** The folder in which it is mounted. */
  path: string;
  /** Fills it until about this much is free, bytes. */
  fill(leaveBytes: number): void;
  /** Uses up all remaining inodes. */
  takeInodes(): void;
  /** Undoes `fill` and `takeInodes`. */
  free(): void;
  remove(): void;
}

/** Creates a small file system in memory, with this size and this many inodes. */
export function makeVolume(bytes: number, inodes = 1_024): SmallVolume {
  const path = mkdtempSync(join(tmpdir(), 'wirewatch-volume-'));
  mount('-t', 'tmpfs', '-o', `size=${bytes},nr_inodes=${inodes}`, 'tmpfs', path);
  const filling = join(path, 'filling');
  const taken: string[] = [];
  return {
    path,
    fill(leaveBytes) {
      const file = openSync(filling, 'w');
      let written = 0;
      try {
        for (;;) written += writeSync(file, PIECE);
      } catch (error) {
        if (!isFull(error)) throw error;
      } finally {
        closeSync(file);
      }
      truncateSync(filling, Math.max(0, written - leaveBytes));
    },
    takeInodes() {
      for (let i = 0; statfsSync(path).ffree > 0; i++) {
        const file = join(path, `inode-${i}`);
        closeSync(openSync(file, 'w'));
        taken.push(file);
      }
    },
    free() {
      for (const file of [filling, ...taken.splice(0)]) rmSync(file, { force: true });
    },
    remove() {
      // A lazy unmount, because a process that has just ended may still hold a file.
      execFileSync('umount', ['-l', path], { stdio: 'ignore' });
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Returns why no file systems can be made here, or null. */
export function whyNoVolumes(): string | null {
  if (process.platform !== 'linux') return 'only Linux has tmpfs';
  try {
    makeVolume(65_536).remove();
    return null;
  } catch {
    return 'mounting is not allowed here';
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'ignore' });
}
