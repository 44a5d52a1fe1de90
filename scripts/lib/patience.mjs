/**
 * How long a test waits for one event, ms. Only hanging code reaches it: a busy machine may take many times as long as
 * a quiet one, which is not a failure.
 */
export const PATIENCE_MS = 60_000;

/** Time-out of a whole test, ms: longer than any one wait, so that a failure names the missing event. */
export const TEST_TIMEOUT_MS = 180_000;
