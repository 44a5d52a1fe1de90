import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` in a transaction that is on disk when this returns, or has no effect. */
export function durably<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/**
 * The same for rearranging data that is already on disk. It need not wait for the disk, since a power cut that undoes
 * it loses nothing, and the next durable transaction makes it durable too.
 */
export function lazily<T>(db: DatabaseSync, work: () => T): T {
  db.exec('PRAGMA synchronous = NORMAL');
  try {
    return durably(db, work);
  } finally {
    if (db.isOpen) db.exec('PRAGMA synchronous = FULL');
  }
}
