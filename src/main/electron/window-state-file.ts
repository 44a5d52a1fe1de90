import * as v from 'valibot';
import type { Clock } from '@shared/clock';
import type { Unsubscribe } from '@shared/disposable';
import type { Logger } from '@shared/logger';
import { readJsonFile, writeJsonFile } from '../../files/json-file';
import { windowStateSchema, type WindowState } from './window-bounds';

const WRITE_AFTER_MS = 500;

/**
 * Saves the window's position across starts. Losing it only centres the window, so failures are not shown to the
 * user.
 */
export interface WindowStateFile {
  load(): WindowState | null;
  /** Saves the state half a second after the last of a series of changes. */
  save(state: WindowState): void;
  /** Writes pending changes. */
  flush(): void;
}

export function createWindowStateFile(path: string, log: Logger, clock: Clock): WindowStateFile {
  let waiting: WindowState | null = null;
  let cancel: Unsubscribe | null = null;

  function flush(): void {
    cancel?.();
    cancel = null;
    if (!waiting) return;
    const written = writeJsonFile(path, waiting);
    waiting = null;
    if (written.ok) return;
    const { code, message: reason } = written.error;
    log.warn('The position of the window could not be saved.', { code, reason });
  }

  return {
    load() {
      const read = readJsonFile(path);
      if (!read.ok) return null;
      const parsed = v.safeParse(windowStateSchema, read.value);
      return parsed.success ? parsed.output : null;
    },
    save(state) {
      waiting = state;
      cancel?.();
      cancel = clock.after(WRITE_AFTER_MS, flush);
    },
    flush,
  };
}
