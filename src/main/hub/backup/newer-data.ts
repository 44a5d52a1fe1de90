import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, succeed, type Result } from '@shared/errors';
import { isNewerDatabase } from '../store/database';
import { readJsonFile, writeJsonFile } from '../../../files/json-file';
import { isFromNewerVersion, JOURNAL_FILE } from '../records/record-lines';
import { isNewerVersion } from './format';

/**
 * The version of everything that this program keeps in a data folder, apart from the database, which has its own. It is
 * raised when a file changes so that an earlier version would misread it.
 */
const DATA_VERSION = 1;
const VERSION_FILE = 'data-version.json';
/** JSON files with a version of their own; those without one count as 1. */
const VERSIONED_FILES = [
  'settings.json',
  'boards.json',
  'browsers.json',
  'devices.json',
  'join-token-uses.json',
];
const FILE_VERSION = 1;

/**
 * Looks whether a newer version of the program wrote anything in a data folder, before anything there is opened or
 * changed. Fails with `DATA_NEWER`, which names the first such file.
 */
export function refuseNewerData(dataDir: string): Result<null> {
  const file = newerFile(dataDir);
  if (file === null) return succeed(null);
  const by = programOf(dataDir);
  return fail(
    'DATA_NEWER',
    `The data in ${dataDir} was written by ${by} (${file}); it was left untouched. Start that version or a newer one, or choose another data folder.`,
  );
}

/** Notes which version of the program uses the folder. Fails with `FILE_UNWRITABLE`. */
export function noteDataVersion(dataDir: string, program: string): Result<null> {
  const path = join(dataDir, VERSION_FILE);
  const read = readJsonFile(path);
  const known = read.ok ? fieldsOf(read.value) : {};
  if (known['version'] === DATA_VERSION && typeof known['program'] === 'string') {
    if (!isNewerVersion(program, known['program'])) return succeed(null);
  }
  return writeJsonFile(path, { version: DATA_VERSION, program });
}

function newerFile(dataDir: string): string | null {
  if (versionOf(join(dataDir, VERSION_FILE)) > DATA_VERSION) return VERSION_FILE;
  for (const name of VERSIONED_FILES) {
    if (versionOf(join(dataDir, name)) > FILE_VERSION) return name;
  }
  if (hasNewerRecords(join(dataDir, JOURNAL_FILE))) return JOURNAL_FILE;
  return isNewerDatabase(join(dataDir, 'history')) ? 'history/history.db' : null;
}

/** 1 for a file without a version, and for one that is missing or damaged: whoever reads it deals with that. */
function versionOf(path: string): number {
  const read = readJsonFile(path);
  const { version } = read.ok ? fieldsOf(read.value) : {};
  return typeof version === 'number' && Number.isSafeInteger(version) ? version : 1;
}

/** The program that last wrote to the folder, as far as it says so. */
function programOf(dataDir: string): string {
  const read = readJsonFile(join(dataDir, VERSION_FILE));
  const { program, version } = read.ok ? fieldsOf(read.value) : {};
  const isKnown = typeof program === 'string' && /^[\w.+-]{1,40}$/.test(program);
  return isKnown && version !== DATA_VERSION ? `Wirewatch ${program}` : 'a newer version of Wirewatch';
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function hasNewerRecords(path: string): boolean {
  try {
    return existsSync(path) && readFileSync(path, 'utf8').split('\n').some(isFromNewerVersion);
  } catch {
    return false;
  }
}
