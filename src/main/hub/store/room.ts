import { closeSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '@shared/errors';
import { makeFolders } from '../../../files/make-folders';
import { messageOf } from './sqlite-errors';

/**
 * Less than this is no room to open the database in: its index of the log alone takes 32 KiB, and a change of its
 * schema some pages more.
 */
const ROOM_BYTES = 256 * 1024;

/**
 * Why the database cannot be opened for writing in this folder, `STORE_FULL` or `STORE_UNWRITABLE`; null when it can.
 * Only a real write is conclusive: quotas, missing inodes and read-only mounts show in no number. Leaves nothing behind.
 */
export function whyNoRoom(dir: string): Fault | null {
  const probe = join(dir, `.room-${process.pid}`);
  try {
    makeFolders(dir);
    const { bavail, bsize } = statfsSync(dir);
    // Some file systems do not say how much is free.
    if (bsize > 0 && bavail * bsize < ROOM_BYTES) return full(dir);
    const file = openSync(probe, 'w', 0o600);
    try {
      writeSync(file, Buffer.alloc(ROOM_BYTES));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return null;
  } catch (error) {
    return writeFault(dir, error);
  } finally {
    removeProbe(probe);
  }
}

/** Bytes that are free for this user; null where the file system does not say. */
export function freeBytes(dir: string): number | null {
  const { bavail, bsize } = statfsSync(dir);
  return bsize > 0 ? bavail * bsize : null;
}

/** The fault of a failed write to the folder. */
export function writeFault(dir: string, error: unknown): Fault {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOSPC' || code === 'EDQUOT') return full(dir);
  return { code: 'STORE_UNWRITABLE', message: `History cannot be written to ${dir}: ${messageOf(error)}.` };
}

function full(dir: string): Fault {
  return { code: 'STORE_FULL', message: `The disk is full: there is no room for history in ${dir}.` };
}

function removeProbe(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // On a read-only file system there is none.
  }
}
