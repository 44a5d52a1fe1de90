import { mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { silentLogger, type Logger } from '@shared/logger';
import { createLogger, LOG_LEVEL_VARIABLE, parseLogLevel } from '../log';

const MAX_BYTES = 5 * 1024 * 1024;

/**
 * The desktop's log: JSON lines in one file. If it is above 5 MiB at start, it is renamed to `.1`. Without a writable
 * folder the app runs without a log. `WIREWATCH_LOG_LEVEL` sets the level; there is no option, because `--log-level`
 * is Chromium's.
 */
export function createDesktopLogger(path: string): Logger {
  try {
    mkdirSync(dirname(path), { recursive: true });
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(path, `${path}.1`);
    const file = openSync(path, 'a', 0o600);
    const level = parseLogLevel(process.env[LOG_LEVEL_VARIABLE]) ?? 'info';
    return createLogger({ level, format: 'json', write: (line) => appendLine(file, line) });
  } catch {
    return silentLogger;
  }
}

function appendLine(file: number, line: string): void {
  try {
    writeSync(file, line);
  } catch {
    // A full disk must not stop the hub; the log then has a gap.
  }
}
