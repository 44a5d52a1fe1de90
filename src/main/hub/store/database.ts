import {
  accessSync,
  closeSync,
  copyFileSync,
  constants,
  existsSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fail, succeed, type Fault, type Result } from '@shared/errors';
import { makeFolders } from '../../../files/make-folders';
import { isLogDamaged } from './log-check';
import { APPLICATION_ID, migrate, SCHEMA_VERSION } from './migrations';
import { writeFault } from './room';
import { isBusy, isDamage, isFull, messageOf, toStoreFault } from './sqlite-errors';

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
const PAGE_SIZE = 4_096;
/**
 * The log is copied into the database about this often, and its file is truncated to this size. By then much of the
 * log has been superseded: journal rows have become parts of chunks.
 */
const CHECKPOINT_PAGES = 4_000;
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

export interface OpenedDatabase {
  db: DatabaseSync;
  path: string;
  /** Where a damaged file was moved, and what was wrong with it. */
  setAside: { path: string; reason: string } | null;
  /** Where the copy of a damaged log is; the log's contents up to the damage are in the file. */
  damagedLog: string | null;
}

/**
 * Opens the history of a folder, creating both when missing. It reads only the header and the schema, so a big file
 * opens as fast as a small one. Faults: `STORE_UNWRITABLE`, `STORE_IN_USE`, `STORE_NEWER` (the file is left as it
 * is). A damaged file is renamed, never changed, and a new one is started.
 */
export function openDatabase(dir: string, now: number, maxFileBytes?: number): Result<OpenedDatabase> {
  const path = join(dir, DATABASE_FILE);
  const unwritable = checkWritable(dir, path);
  if (unwritable) return { ok: false, error: unwritable };
  const read = readHeader(path);
  if (!read.ok) return read;
  const header = read.value;
  if (header !== null && header.length > 0 && isNewer(header)) {
    return fail('STORE_NEWER', NEWER);
  }
  let setAside: OpenedDatabase['setAside'] = null;
  const reason = header === null || header.length === 0 ? damageOfLog(path) : damageOfHeader(header);
  try {
    if (reason !== null) setAside = { path: putAside(path, now), reason };
    const damagedLog = copyDamagedLog(path, now);
    const db = openFile(path, maxFileBytes);
    if (db.ok) return succeed({ db: db.value, path, setAside, damagedLog });
    if (db.error.code === 'STORE_NEWER') return db;
    setAside = { path: putAside(path, now), reason: db.error.message };
    const fresh = openFile(path, maxFileBytes);
    if (fresh.ok) return succeed({ db: fresh.value, path, setAside, damagedLog });
    return fail('STORE_UNWRITABLE', fresh.error.message);
  } catch (error) {
    if (isFull(error)) return { ok: false, error: toStoreFault(error) };
    return { ok: false, error: writeFault(dir, error) };
  }
}

/** Another connection to the same file, for reading while the first one writes. */
export function openReader(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true });
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
  const lock = new DatabaseSync(path);
  try {
    // Without a journal, the lock can also be taken on a full disk.
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

function freeName(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(':', '-').slice(0, 19);
  let target = `${path}.damaged-${stamp}`;
  for (let i = 2; existsSync(target); i++) target = `${path}.damaged-${stamp}-${i}`;
  return target;
}

/** SQLite uses the intact part of a log and overwrites the rest, so the log is copied first. */
function copyDamagedLog(path: string, now: number): string | null {
  const log = `${path}-wal`;
  if (!existsSync(log) || !isLogDamaged(log)) return null;
  const target = freeName(log, now);
  try {
    copyFileSync(log, target);
  } catch (error) {
    // Opening is tried again when there is room: half a copy would take more of it each time.
    rmSync(target, { force: true });
    throw error;
  }
  return target;
}

/** Renames the database and its log to an unused name, and returns it. */
export function putAside(path: string, now: number): string {
  const target = freeName(path, now);
  for (const suffix of SUFFIXES) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return target;
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

/** SQLite discards a log whose database file is missing or empty, but the log may contain all the data there is. */
function damageOfLog(path: string): string | null {
  const bytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return bytes > 0 ? 'only the log of its last changes is left' : null;
}

function isNewer(header: Buffer): boolean {
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, 16) !== HEADER) return false;
  return (
    header.readUInt32BE(APPLICATION_ID_AT) === APPLICATION_ID &&
    header.readUInt32BE(USER_VERSION_AT) > SCHEMA_VERSION
  );
}

function damageOfHeader(header: Buffer): string | null {
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, 16) !== HEADER) {
    return 'it does not start like a database';
  }
  // Our files are marked by their first transaction; before that is written, the file is a single page.
  const isForeign = header.readUInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID;
  if (isForeign && header.readUInt32BE(PAGES_AT) > 1) return 'it belongs to another program';
  return null;
}

/** Fails, as opposed to throwing, when the file is damaged. */
function openFile(path: string, maxFileBytes: number | undefined): Result<DatabaseSync> {
  let db: DatabaseSync | null = null;
  try {
    // Accessible to this user only, and so is its log, whatever folder it is in.
    closeSync(openSync(path, 'a', 0o600));
    db = new DatabaseSync(path);
    // Auto-vacuum must be set before the first table is created; older files keep their pages.
    db.exec(`PRAGMA page_size = ${PAGE_SIZE}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA busy_timeout = 2000`);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY');
    db.exec(
      `PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES}`,
    );
    db.exec('PRAGMA cache_size = -8000; PRAGMA cell_size_check = ON');
    const version = numberOf(db, 'PRAGMA user_version', 'user_version');
    if (version > SCHEMA_VERSION) {
      // The log has not been written into the file yet, so the file's header still shows the previous version.
      db.close();
      return fail('STORE_NEWER', NEWER);
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
      'series',
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
