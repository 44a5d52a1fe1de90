import { mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { silentLogger, type Logger } from '@shared/logger';
import { createLogger, LOG_LEVEL_VARIABLE, parseLogLevel } from '../log';

const MAX_BYTES = 5 * 1024 * 1024;

/**
 * The desktop's log: JSON lines in one file, set aside as `.1` at a start that finds it above 5 MiB. Without a
 * writable folder the app runs unlogged rather than not at all. `WIREWATCH_LOG_LEVEL` sets how much it says; there is
 * no option, as `--log-level` is Chromium's.
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
    // A full disk must not stop the hub; the log has a hole then.
  }
}
