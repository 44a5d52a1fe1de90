import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { fail, succeed, type Fault, type Result } from '@shared/errors';
import { makeFolders } from '../../../files/make-folders';
import { APPLICATION_ID, migrate, SCHEMA_VERSION } from './migrations';
import { isLogDamaged } from './recovery/log-frames';
import { Pages, PAGE_SIZE } from './recovery/pages';
import { hasSchemaOfNow } from './recovery/schema';
import { finishReplacing, replaceDamaged, type Replaced } from './recovery/replace-damaged';
import { writeFault } from './room';
import { isBusy, isDamage, isFull, messageOf, toStoreFault } from './sqlite-errors';
import { sqlite } from './sqlite';

export const DATABASE_FILE = 'history.db';
const LOCK_FILE = 'history.lock';
const SUFFIXES = ['', '-wal', '-shm'] as const;
const HEADER = 'SQLite format 3\0';
const HEADER_BYTES = 100;
/**
 * The positions of `user_version`, `application_id` and the page count in the header, big endian
 * (sqlite.org/fileformat2.html).
 */
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;
const PAGES_AT = 28;
const NEWER =
  'The history in the data folder was written by a newer version of Wirewatch; it was left untouched.';
const MAX_PLAUSIBLE_VERSION = 255;
/** A file up to this size is checked as a whole when it is opened, which takes some hundredths of a second. */
const CHECK_WHOLE_BYTES = 16 * 1024 * 1024;
/** All tables but those of samples; a file of an earlier version has others. */
const SMALL_TABLES_SQL =
  "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('chunks', 'journal')";
/**
 * The log is copied into the database about this often, and its file is truncated to this size. By then much of the
 * log has been superseded: journal rows have become parts of chunks.
 */
const CHECKPOINT_PAGES = 4_000;
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

export interface OpenedDatabase {
  db: DatabaseSync;
  path: string;
  /** The damaged file that this one was made from. */
  replaced: Replaced | null;
}

/**
 * Opens the history of a folder, creating both when missing. A file of moderate size is checked as a whole; of a large
 * one, whose samples are checked while the hub runs, only the names and the schema. Faults: `STORE_UNWRITABLE`,
 * `STORE_IN_USE`, `STORE_NEWER` (the file is left as it is), `STORE_DAMAGED` (what can be read could not be copied). What
 * can be read of a damaged file is copied to a new one; the damaged one is kept under another name.
 */
export function openDatabase(dir: string, now: number, maxFileBytes?: number): Result<OpenedDatabase> {
  const path = join(dir, DATABASE_FILE);
  const unwritable = checkWritable(dir, path);
  if (unwritable) return { ok: false, error: unwritable };
  finishReplacing(path);
  const read = readHeader(path);
  if (!read.ok) return read;
  try {
    const reason = damageOf(path, read.value);
    if (isNewer(path, read.value)) return fail('STORE_NEWER', NEWER);
    if (reason !== null) return openReplaced(path, reason, now, maxFileBytes);
    const db = openFile(path, maxFileBytes);
    if (db.ok) return succeed({ db: db.value, path, replaced: null });
    if (db.error.code === 'STORE_NEWER') return db;
    return openReplaced(path, db.error.message, now, maxFileBytes);
  } catch (error) {
    if (isFull(error)) return { ok: false, error: toStoreFault(error) };
    return { ok: false, error: writeFault(dir, error) };
  }
}

function openReplaced(
  path: string,
  reason: string,
  now: number,
  maxFileBytes: number | undefined,
): Result<OpenedDatabase> {
  const replaced = replaceOrSay(path, reason, now);
  if (!replaced.ok) return replaced;
  const fresh = openFile(path, maxFileBytes);
  if (fresh.ok) return succeed({ db: fresh.value, path, replaced: replaced.value });
  return fail('STORE_UNWRITABLE', fresh.error.message);
}

/** Fails with `STORE_DAMAGED` when the copy cannot be made, on a full disk for example; the file is then left in place. */
export function replaceOrSay(path: string, reason: string, now: number): Result<Replaced> {
  try {
    return succeed(replaceDamaged(path, reason, now));
  } catch (error) {
    return fail(
      'STORE_DAMAGED',
      `The history file is damaged (${reason}), and what can be read of it cannot be copied: ${messageOf(error)}. It was left as it is.`,
    );
  }
}

/** Another connection to the same file, for reading while the first one writes. */
export function openReader(path: string): DatabaseSync {
  const db = new (sqlite().DatabaseSync)(path, { readOnly: true });
  db.exec('PRAGMA query_only = ON; PRAGMA cache_size = -4000');
  return db;
}

/**
 * Locks the folder for this process until it is closed or the process ends, for whatever reason. The lock is the
 * operating system's on that file, taken by SQLite. So it is judged by whether its holder lives, which a number of a
 * process in a file could not tell: numbers are used again, and mean nothing in another container. What the file
 * contains does not matter. Faults: `STORE_IN_USE`, `STORE_FULL`, `STORE_UNWRITABLE`.
 */
export function lockFolder(dir: string): Result<DatabaseSync> {
  const path = join(dir, LOCK_FILE);
  try {
    makeFolders(dir);
    try {
      return succeed(takeLock(path));
    } catch (error) {
      if (!isDamage(error)) throw error;
      // SQLite asks for the lock before it reads, so nobody has it, and whatever got into the file can go.
      truncateSync(path);
      for (const suffix of ['-journal', '-wal', '-shm']) rmSync(path + suffix, { force: true });
      return succeed(takeLock(path));
    }
  } catch (error) {
    if (isBusy(error)) {
      return fail('STORE_IN_USE', 'The history in the data folder is in use by another Wirewatch.');
    }
    return { ok: false, error: writeFault(dir, error) };
  }
}

function takeLock(path: string): DatabaseSync {
  const lock = new (sqlite().DatabaseSync)(path);
  try {
    // Without a journal, the lock can also be taken on a full disk.
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Bytes of the database and all files that belong to it. */
export function bytesOnDisk(path: string): number {
  let bytes = 0;
  for (const suffix of SUFFIXES) {
    bytes += statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

function checkWritable(dir: string, path: string): Fault | null {
  try {
    makeFolders(dir);
    accessSync(dir, constants.W_OK | constants.X_OK);
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    return {
      code: 'STORE_UNWRITABLE',
      message: `History cannot be written to ${dir}: ${messageOf(error)}.`,
    };
  }
}

/** The start of the file; empty for an empty file, null when there is no file. */
function readHeader(path: string): Result<Buffer | null> {
  try {
    if (!existsSync(path)) return succeed(null);
    const file = openSync(path, 'r');
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      return succeed(header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0)));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return fail('STORE_UNWRITABLE', `${path} cannot be read: ${messageOf(error)}.`);
  }
}

/** What is wrong with a file before SQLite opens it; null: nothing that can be seen from outside. */
function damageOf(path: string, header: Buffer | null): string | null {
  if (existsSync(`${path}-wal`) && isLogDamaged(`${path}-wal`))
    return 'the log of its last changes is damaged';
  // SQLite discards a log whose database file is missing or empty, but the log may contain all the data there is.
  const logBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (header === null || header.length === 0) {
    return logBytes > 0 ? 'only the log of its last changes is left' : null;
  }
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, 16) !== HEADER) {
    return 'it does not start like a database';
  }
  // Our files are marked by their first transaction; before that is written, the file is a single page.
  const isForeign = header.readUInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID;
  if (isForeign && header.readUInt32BE(PAGES_AT) > 1) return 'it belongs to another program';
  return null;
}

/** Whether the history in a folder was written by a newer version, as far as its files show; changes nothing. */
export function isNewerDatabase(dir: string): boolean {
  const path = join(dir, DATABASE_FILE);
  const header = readHeader(path);
  try {
    return header.ok && isNewer(path, header.value);
  } catch {
    // Whoever opens it says what is wrong with it.
    return false;
  }
}

/** By its header, as it is in the file or in the log. */
function isNewer(path: string, header: Buffer | null): boolean {
  if (header === null || header.length === 0) return false;
  const pages = new Pages(path);
  try {
    return [header, pages.page(1)].some(
      (one) =>
        one !== null &&
        one.length >= HEADER_BYTES &&
        one.readUInt32BE(APPLICATION_ID_AT) === APPLICATION_ID &&
        one.readUInt32BE(USER_VERSION_AT) > SCHEMA_VERSION &&
        // No version of ours will be that high, so this header is damaged, unless the tables say otherwise as well.
        (one.readUInt32BE(USER_VERSION_AT) <= MAX_PLAUSIBLE_VERSION || !hasSchemaOfNow(pages)),
    );
  } finally {
    pages.close();
  }
}

/** Fails, as opposed to throwing, when the file is damaged. */
function openFile(path: string, maxFileBytes: number | undefined): Result<DatabaseSync> {
  let db: DatabaseSync | null = null;
  try {
    // Accessible to this user only, and so is its log, whatever folder it is in.
    closeSync(openSync(path, 'a', 0o600));
    db = new (sqlite().DatabaseSync)(path);
    db.exec('PRAGMA busy_timeout = 2000');
    const version = numberOf(db, 'PRAGMA user_version', 'user_version');
    // Auto-vacuum must be set before the first table is created; older files keep their pages.
    if (version === 0) db.exec(`PRAGMA page_size = ${PAGE_SIZE}; PRAGMA auto_vacuum = INCREMENTAL`);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY');
    db.exec(
      `PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES}`,
    );
    db.exec('PRAGMA cache_size = -8000; PRAGMA cell_size_check = ON');
    const refused = version === 0 ? null : refusalOf(db, version);
    if (refused) {
      db.close();
      return { ok: false, error: refused };
    }
    migrate(db, version);
    const isFolded = foldLog(db);
    const pages = numberOf(db, 'PRAGMA page_count', 'page_count');
    const pageSize = numberOf(db, 'PRAGMA page_size', 'page_size');
    if (isFolded && statSync(path).size < pages * pageSize) {
      db.close();
      return fail('STORE_DAMAGED', 'it ends too early');
    }
    for (const table of [
      'meta',
      'devices',
      'series_blocks',
      'marks',
      'events',
      'journal',
      'chunks',
      'dirty_hours',
    ]) {
      db.prepare(`SELECT * FROM ${table} LIMIT 1`).all();
    }
    if (maxFileBytes !== undefined) {
      db.exec(`PRAGMA max_page_count = ${Math.max(16, Math.floor(maxFileBytes / pageSize))}`);
    }
    return succeed(db);
  } catch (error) {
    if (db?.isOpen) db.close();
    if (isDamage(error)) return fail('STORE_DAMAGED', messageOf(error));
    throw error;
  }
}

/** Why a file that SQLite can open must not be used as it is. */
function refusalOf(db: DatabaseSync, version: number): Fault | null {
  // The log has not been written into the file yet, so the file's header may still show the previous version.
  if (version > SCHEMA_VERSION && version <= MAX_PLAUSIBLE_VERSION)
    return { code: 'STORE_NEWER', message: NEWER };
  const damage = version > SCHEMA_VERSION || version < 0 ? 'its header is damaged' : findDamage(db);
  return damage === null ? null : { code: 'STORE_DAMAGED', message: damage };
}

/** The first thing that SQLite finds wrong in the whole file, or, of a large one, in all but the samples; null if none. */
function findDamage(db: DatabaseSync): string | null {
  const bytes = numberOf(db, 'PRAGMA page_count', 'page_count') * PAGE_SIZE;
  const checks =
    bytes <= CHECK_WHOLE_BYTES
      ? ['integrity_check(1)']
      : db
          .prepare(SMALL_TABLES_SQL)
          .all()
          .map(({ name }) => `integrity_check(${String(name)})`);
  for (const check of checks) {
    const found = db.prepare(`PRAGMA ${check}`).get()?.['integrity_check'];
    if (found !== 'ok') return String(found).split('\n').slice(-1).join('');
  }
  return null;
}

/**
 * Writes the log into the file; false when there is no space for that. The log's contents can still be read, and the
 * file may be shorter than its header says.
 */
function foldLog(db: DatabaseSync): boolean {
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return true;
  } catch (error) {
    if (!isFull(error)) throw error;
    return false;
  }
}

export function numberOf(db: DatabaseSync, sql: string, column: string): number {
  const value = db.prepare(sql).get()?.[column];
  return typeof value === 'number' ? value : 0;
}
