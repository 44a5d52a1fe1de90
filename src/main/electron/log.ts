import { mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from '@shared/logger';
import { createLogger, LOG_LEVEL_VARIABLE, parseLogLevel } from '../log';

const MAX_BYTES = 5 * 1024 * 1024;

export interface DesktopLog {
  log: Logger;
  /** Null if no file can be written and the log goes to standard error. */
  file: string | null;
}

/**
 * The desktop's log: JSON lines in one file, set aside as `.1` at a start that finds it above 5 MiB. Without a
 * writable folder the app runs with its log on standard error rather than not at all. `findPath` may throw, as
 * `app.getPath('logs')` does where the user's folder cannot be written. `WIREWATCH_LOG_LEVEL` sets how much it says; there
 * is no option, as `--log-level` is Chromium's.
 */
export function openDesktopLog(findPath: () => string): DesktopLog {
  const level = parseLogLevel(process.env[LOG_LEVEL_VARIABLE]) ?? 'info';
  try {
    const path = findPath();
    mkdirSync(dirname(path), { recursive: true });
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(path, `${path}.1`);
    const file = openSync(path, 'a', 0o600);
    const log = createLogger({ level, format: 'json', write: (line) => appendLine(file, line) });
    return { log, file: path };
  } catch (error) {
    // Standard error may be closed or unread, which is no reason to end.
    process.stderr.on('error', () => {});
    const log = createLogger({ level, format: 'json' });
    log.warn('There is no log file.', { code: 'LOG_UNWRITABLE', reason: String(error) });
    return { log, file: null };
  }
}

function appendLine(file: number, line: string): void {
  try {
    writeSync(file, line);
  } catch {
    // A full disk must not stop the hub; the log then has a gap.
  }
}
