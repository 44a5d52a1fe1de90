import { logFault, type Logger } from '@shared/logger';

/** Longest that stopping may take before the process ends all the same. */
const STOP_TIMEOUT_MS = 2_500;

export interface StopSignal {
  /** Settles with the exit code once somebody or something asks to stop. */
  readonly requested: Promise<number>;
  /** Stops for a reason of our own; the process ends in time even if what is stopped does not. */
  stop(exitCode: number): void;
}

/**
 * Listens for what ends a server: SIGINT, SIGTERM and SIGHUP (exit 0; the second one at once), a failure nobody
 * caught (exit 1), and, when started by another Wirewatch process, the end of that.
 */
export function listenForStop(log: Logger): StopSignal {
  const requested = Promise.withResolvers<number>();
  let isStopping = false;

  function stop(exitCode: number): void {
    isStopping = true;
    requested.resolve(exitCode);
    setTimeout(() => process.exit(exitCode), STOP_TIMEOUT_MS).unref();
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(0);
      stop(0);
    });
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logFault(log, 'UNCAUGHT', 'An unexpected failure stops Wirewatch.', error, { event });
      if (isStopping) process.exit(1);
      stop(1);
    });
  }
  if (process.send) process.on('disconnect', () => stop(0));
  // A reader of our output that goes away, such as `head`, is no reason to stop watching.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});

  return { requested: requested.promise, stop };
}
