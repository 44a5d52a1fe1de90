import { app, dialog } from 'electron';
import { isExpected, toFault } from '@shared/errors';
import { logFault, type Logger } from '@shared/logger';

export interface Faults {
  /** Reports why the app cannot start and where the log is, and ends with exit code 1. */
  cannotStart(error: unknown): void;
  /** Marks the end of start-up; from then on, uncaught errors no longer end the app. */
  started(): void;
}

/**
 * Handles uncaught errors of the main process. During start-up they end the app, which would otherwise keep
 * running without a window. Afterwards they are logged and the app goes on: no supervisor would start it again,
 * and watching with one part missing is better than not watching.
 */
export function setupFaults(log: Logger, logFile: string | null): Faults {
  let state: 'starting' | 'started' | 'ending' = 'starting';

  function cannotStart(error: unknown): void {
    if (state === 'ending') return;
    state = 'ending';
    const { code, message } = toFault(error);
    if (isExpected(error)) log.error('Wirewatch cannot start.', { code, reason: message });
    else logFault(log, 'START_FAILED', 'Wirewatch cannot start.', error);
    const where = logFile === null ? 'No log could be written.' : `The log: ${logFile}`;
    dialog.showErrorBox('Wirewatch cannot start', `${message}\n\n${where}`);
    app.exit(1);
  }

  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      if (state === 'starting') cannotStart(error);
      else
        logFault(log, 'UNCAUGHT', 'Something failed and nobody caught it; the app goes on.', error, {
          event,
        });
    });
  }
  // The window restarts the page's process; these are the others, such as the GPU's or the network's.
  app.on('child-process-gone', (_event, { type, reason, exitCode, serviceName, name }) => {
    if (reason === 'clean-exit') return;
    const about = { code: 'CHILD_PROCESS_GONE', type, reason, exitCode, name: name ?? serviceName };
    log.error('A process of the app is gone.', about);
  });

  return {
    cannotStart,
    started() {
      if (state === 'starting') state = 'started';
    },
  };
}
