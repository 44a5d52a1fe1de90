import type { DatabaseSync } from 'node:sqlite';
import { numberOf } from './database';
import { lazily } from './transactions';

/** While the hub runs, free pages up to this share of the file are kept for new data. */
const RESERVE_SHARE = 0.25;
const RESERVE_PAGES = 1_024;
/** Pages released per step: about a millisecond of work. */
const STEP_PAGES = 64;
/** The most pages released when the file is closed, so that closing does not take long. */
const CLOSE_PAGES = 16_384;

/**
 * Returns some free pages to the file system, beyond a reserve: journal rows become chunks a tenth their size, and
 * deleted data leaves space as well. Returns whether there are more to release. (SQLite's `incremental_vacuum`.)
 */
export function giveBackSome(db: DatabaseSync): boolean {
  const free = numberOf(db, 'PRAGMA freelist_count', 'freelist_count');
  const reserve = Math.max(RESERVE_PAGES, numberOf(db, 'PRAGMA page_count', 'page_count') * RESERVE_SHARE);
  if (free <= reserve + STEP_PAGES) return false;
  lazily(db, () => giveBack(db, STEP_PAGES));
  return numberOf(db, 'PRAGMA freelist_count', 'freelist_count') < free;
}

/** Releases free pages without a reserve, before the file is closed. */
export function giveBackAll(db: DatabaseSync): void {
  giveBack(db, CLOSE_PAGES);
}

function giveBack(db: DatabaseSync, pages: number): void {
  // Each row that the pragma returns is one freed page.
  db.prepare(`PRAGMA incremental_vacuum(${pages})`).all();
}
