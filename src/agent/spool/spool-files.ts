import {
  closeSync,
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
  writeFileSync,
  writeSync,
} from 'node:fs';
import { makeFolders } from '../../files/make-folders';

/** What the spool does with files; a test may put a disk behind it that is full. Everything throws what Node throws. */
export interface SpoolFiles {
  makeFolder(path: string): void;
  list(folder: string): string[];
  read(path: string): Buffer;
  /** The first and the last bytes of a file, and how many it has. */
  ends(path: string, headBytes: number, tailBytes: number): { head: Buffer; tail: Buffer; bytes: number };
  /** What this user may still write there; Infinity where the system does not say. */
  freeBytes(folder: string): number;
  /** Opens a new file to append to. */
  create(path: string): number;
  /** Opens a file that is there to append to. */
  reopen(path: string): number;
  /** Writes all of it, or throws with some of it written. */
  write(fd: number, bytes: Buffer): void;
  cut(fd: number, bytes: number): void;
  cutFile(path: string, bytes: number): void;
  /** Tells `done` once what was written would survive a power cut. */
  sync(fd: number, done: (error: Error | null) => void): void;
  syncNow(fd: number): void;
  /** The same for the names in a folder, where the system can do that. */
  syncFolder(path: string): void;
  close(fd: number): void;
  remove(path: string): void;
  /** Puts a small file in place of the one before, never half of it. */
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
  reopen: (path) => openSync(path, 'a'),
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
  replace(path, text) {
    writeFileSync(`${path}.tmp`, text, { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
  },
};
