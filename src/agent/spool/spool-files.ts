import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsync,
  ftruncateSync,
  open,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { makeFolders } from '../../files/make-folders';
import { replaceFile } from '../../files/replace-file';

/** Windows has no such flag. */
const { O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;

/** The file operations of the spool; a test can simulate a full disk. All of them throw what Node throws. */
export interface SpoolFiles {
  makeFolder(path: string): void;
  list(folder: string): string[];
  read(path: string): Buffer;
  /** The first and the last bytes of a file, and its length. */
  ends(path: string, headBytes: number, tailBytes: number): { head: Buffer; tail: Buffer; bytes: number };
  /** How many bytes this user may still write there; Infinity if the system does not say. */
  freeBytes(folder: string): number;
  /** Opens a new file to append to. */
  create(path: string): number;
  /** Opens an existing file to append to. */
  reopen(path: string): number;
  /** Writes all bytes, or throws with some of them written. */
  write(fd: number, bytes: Buffer): void;
  cut(fd: number, bytes: number): void;
  cutFile(path: string, bytes: number): void;
  /** Calls `done` once the written bytes would survive a power cut. */
  sync(fd: number, done: (error: Error | null) => void): void;
  syncNow(fd: number): void;
  /** The same for the names in a folder, if the system supports it. */
  syncFolder(path: string): void;
  close(fd: number): void;
  remove(path: string): void;
  rename(from: string, to: string): void;
  /** Replaces a small file atomically. */
  replace(path: string, text: string): void;
}

export const diskFiles: SpoolFiles = {
  makeFolder: makeFolders,
  list: (folder) => readdirSync(folder),
  read: (path) => readFileSync(path),
  ends(path, headBytes, tailBytes) {
    const fd = openSync(path, 'r');
    try {
      const bytes = fstatSync(fd).size;
      const head = Buffer.alloc(Math.min(headBytes, bytes));
      const tail = Buffer.alloc(Math.min(tailBytes, bytes));
      readSync(fd, head, 0, head.length, 0);
      readSync(fd, tail, 0, tail.length, bytes - tail.length);
      return { head, tail, bytes };
    } finally {
      closeSync(fd);
    }
  },
  freeBytes(folder) {
    try {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    } catch {
      return Infinity;
    }
  },
  create: (path) => openSync(path, 'ax', 0o600),
  reopen: (path) => openSync(path, constants.O_WRONLY | constants.O_APPEND | O_NOFOLLOW),
  write(fd, bytes) {
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
  },
  cut: (fd, bytes) => ftruncateSync(fd, bytes),
  cutFile: (path, bytes) => truncateSync(path, bytes),
  sync: (fd, done) => fdatasync(fd, done),
  syncNow: (fd) => fdatasyncSync(fd),
  syncFolder(path) {
    open(path, 'r', (failed, fd) => {
      if (failed) return;
      fsync(fd, () => closeSync(fd));
    });
  },
  close: (fd) => closeSync(fd),
  remove: (path) => rmSync(path, { force: true }),
  rename: (from, to) => renameSync(from, to),
  replace: replaceFile,
};
