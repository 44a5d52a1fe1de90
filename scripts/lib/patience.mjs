/**
 * How long a test waits for one thing that has to happen, ms. Reached only by what hangs: a busy machine takes many times
 * as long as a quiet one, and that is no fault.
 */
export const PATIENCE_MS = 60_000;

/** Time-out of a whole test, ms: longer than any one wait, so that a failure names what did not come. */
export const TEST_TIMEOUT_MS = 180_000;
