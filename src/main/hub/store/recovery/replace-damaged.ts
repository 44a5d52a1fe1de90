import { existsSync, renameSync, statSync } from 'node:fs';
import { salvageInto } from './salvage';
import type { SalvageReport } from './report';

const SUFFIXES = ['', '-wal', '-shm'] as const;
const UNFINISHED = '.salvaging';
const FINISHED = '.salvaged';

/** A damaged file that was replaced by a new one with everything that could be read. */
export interface Replaced {
  /** Where the damaged file is now. */
  path: string;
  reason: string;
  report: SalvageReport;
}

/**
 * Copies what can be read of a damaged database into a new one, then puts the old one aside and the new one in its
 * place. The old file is never changed. A crash in between leaves either of them in place, see {@link finishReplacing}.
 * Throws what SQLite and the file system do; then the old file is still in place. The database must be closed.
 */
export function replaceDamaged(path: string, reason: string, now: number): Replaced {
  const report = salvageInto(path, path + UNFINISHED);
  renameSync(path + UNFINISHED, path + FINISHED);
  const aside = putAside(path, now);
  renameSync(path + FINISHED, path);
  return { path: aside, reason, report };
}

/** Puts a finished copy in place whose process ended after the damaged file was put aside. */
export function finishReplacing(path: string): void {
  const isGone = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
  if (isGone && existsSync(path + FINISHED)) renameSync(path + FINISHED, path);
}

/** Renames a database and its log to an unused name, and returns it. */
export function putAside(path: string, now: number): string {
  const target = freeName(path, now);
  for (const suffix of SUFFIXES) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return target;
}

function freeName(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(':', '-').slice(0, 19);
  let target = `${path}.damaged-${stamp}`;
  for (let i = 2; SUFFIXES.some((suffix) => existsSync(target + suffix)); i++) {
    target = `${path}.damaged-${stamp}-${i}`;
  }
  return target;
}
