import { stackOf } from './errors';

/** Structured logging as the core needs it; the composition roots decide where it goes. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Logs an unexpected fault that was caught and contained, with its stack and those of its causes. `code` names the
 * place that caught it and never changes.
 */
export function logFault(
  log: Logger,
  code: string,
  message: string,
  thrown: unknown,
  fields: Record<string, unknown> = {},
): void {
  log.error(message, { ...fields, code, stack: stackOf(thrown) });
}

/** Returns a fault handler for an `Emitter`: the fault of a listener goes to `log`. */
export function listenerFaults(log: Logger): (thrown: unknown) => void {
  return (thrown) => logFault(log, 'LISTENER_FAILED', 'A listener failed; the others went on.', thrown);
}
