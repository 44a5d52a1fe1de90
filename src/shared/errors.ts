/**
 * A failure as a value: a stable UPPER_SNAKE code for programs and one plain sentence for people. A code never
 * changes its meaning; the sentence may be reworded.
 */
export interface Fault {
  readonly code: string;
  readonly message: string;
}

export type Result<T, E extends Fault = Fault> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export function succeed<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function fail(code: string, message: string): { readonly ok: false; readonly error: Fault } {
  return { ok: false, error: { code, message } };
}

/** A {@link Fault} for places where only an exception can be used (promise rejections, constructors). */
export class FaultError extends Error implements Fault {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'FaultError';
    this.code = code;
  }
}

/** Turns any thrown value into a {@link Fault}; unexpected ones become `INTERNAL` with their own message. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof FaultError) return { code: thrown.code, message: thrown.message };
  return { code: 'INTERNAL', message: thrown instanceof Error ? thrown.message : String(thrown) };
}
