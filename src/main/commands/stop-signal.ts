import { logFault, type Logger } from '@shared/logger';

/** The most time that stopping may take before the process ends anyway. */
const STOP_TIMEOUT_MS = 2_500;

export interface StopSignal {
  /** Settles with the exit code once a stop is requested. */
  readonly requested: Promise<number>;
  /** Stops for an internal reason. The process ends within a limited time even if something does not stop. */
  stop(exitCode: number): void;
}

/**
 * Listens for everything that ends a server: SIGINT, SIGTERM and SIGHUP (exit 0; a second one ends it at once), an
 * uncaught failure (exit 1) and, if another Wirewatch process started this one, the end of that process.
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
  // If a reader of our output such as `head` goes away, the hub keeps running.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});

  return { requested: requested.promise, stop };
}
