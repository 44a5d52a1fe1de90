import { app, dialog } from 'electron';
import { isExpected, toFault } from '@shared/errors';
import { logFault, type Logger } from '@shared/logger';

export interface Faults {
  /** The app cannot start: says why and where the log is, and ends with exit code 1. */
  cannotStart(error: unknown): void;
  /** From now on the app is there, and what nobody caught no longer ends it. */
  started(): void;
}

/**
 * Takes what nobody caught in the main process. In start-up it ends the app, which would otherwise stay behind without a
 * window. Afterwards it is logged and the app goes on: no supervisor would start it again, and to watch with one part
 * missing is better than not to watch.
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
  // The page's process is the window's to bring back; these are the GPU's, the network's and the like.
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
