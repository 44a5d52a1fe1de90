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

/**
 * A {@link Fault} where only an exception can travel (promise rejections, constructors). `cause` is the error behind
 * it, if there is one: it makes the fault an unexpected one, whose stack belongs in the log.
 */
export class FaultError extends Error implements Fault {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'FaultError';
    this.code = code;
  }
}

/** Whether the failure was foreseen, such as wrong input. Such failures are reported to the caller and not logged. */
export function isExpected(thrown: unknown): boolean {
  return thrown instanceof FaultError && thrown.cause === undefined;
}

/** Converts any thrown value to a {@link Fault}; unexpected ones become `INTERNAL` with their own message. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof FaultError) return { code: thrown.code, message: thrown.message };
  return { code: 'INTERNAL', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** The longest text of one stack with its causes, in UTF-16 units. */
const MAX_STACK_LENGTH = 16_384;
/** The most errors shown of one chain of causes; the rest are left out. */
const MAX_ERRORS = 16;

/**
 * Returns the stack of a thrown value, followed by the stacks of its causes and of the errors in an `AggregateError`.
 * Several lines; bounded.
 */
export function stackOf(thrown: unknown): string {
  const parts: string[] = [];
  const seen = new Set<unknown>();
  const visit = (one: unknown, label: string): void => {
    if (seen.has(one) || seen.size >= MAX_ERRORS) return;
    seen.add(one);
    parts.push(label + ownStack(one));
    if (!(one instanceof Error)) return;
    if (one instanceof AggregateError) for (const inner of one.errors) visit(inner, 'One of them: ');
    if (one.cause !== undefined) visit(one.cause, 'Caused by: ');
  };
  visit(thrown, '');
  const text = parts.join('\n');
  return text.length <= MAX_STACK_LENGTH ? text : `${text.slice(0, MAX_STACK_LENGTH)}…`;
}

/** Returns the engine's stack frames below a heading of our own, which includes the code. */
function ownStack(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `Thrown, though not an Error: ${asText(thrown)}`;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? ` [${thrown.code}]` : '';
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at |^[^\s:]*@/.test(line));
  return [`${thrown.name}${code}: ${thrown.message}`, ...frames].join('\n');
}

function asText(value: unknown): string {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return Object.prototype.toString.call(value);
  }
}
