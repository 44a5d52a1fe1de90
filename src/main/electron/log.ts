import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { app } from 'electron';
import { pino, type StreamEntry } from 'pino';
import { silentLogger, type Logger } from '@shared/logger';

const MAX_BYTES = 5 * 1024 * 1024;

/**
 * The desktop's log: JSON lines in one file, set aside as `.1` at a start that finds it above 5 MiB, and
 * warnings on stderr as well when run from source. Without a writable folder the app runs unlogged rather than not at all.
 */
export function createDesktopLogger(path: string): Logger {
  try {
    mkdirSync(dirname(path), { recursive: true });
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(path, `${path}.1`);
    const file = pino.destination({ dest: path, sync: true });
    const streams: StreamEntry[] = [{ stream: file }];
    if (!app.isPackaged) streams.push({ stream: process.stderr, level: 'warn' });
    const log = pino({ base: { pid: process.pid } }, pino.multistream(streams));
    return {
      debug: (message, fields) => log.debug(fields ?? {}, message),
      info: (message, fields) => log.info(fields ?? {}, message),
      warn: (message, fields) => log.warn(fields ?? {}, message),
      error: (message, fields) => log.error(fields ?? {}, message),
    };
  } catch {
    return silentLogger;
  }
}
