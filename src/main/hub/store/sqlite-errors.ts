import { FaultError } from '@shared/errors';

/** Primary result codes, sqlite.org/rescode.html. */
const SQLITE_ERROR = 1;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

/** The primary result code of an error that SQLite raised; 0 for any other. */
function codeOf(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error)) return 0;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
}

export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) return true;
  // A schema that has lost a table or a column raises a plain error.
  return (
    code === SQLITE_ERROR &&
    /no such (table|column)|malformed|already exists|duplicate column/.test(messageOf(error))
  );
}

/** Damage that SQLite does not notice, as an error that {@link isDamage} knows. */
export function damageError(message: string): Error {
  return Object.assign(new Error(message), { errcode: SQLITE_CORRUPT });
}

export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

export function isFull(error: unknown): boolean {
  return codeOf(error) === SQLITE_FULL || (codeOf(error) === SQLITE_IOERR && /full/.test(messageOf(error)));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Turns a failed write into the fault that the store's callers get. */
export function toStoreFault(error: unknown): FaultError {
  if (error instanceof FaultError) return error;
  if (isFull(error)) {
    return new FaultError(
      'STORE_FULL',
      'The disk that holds history is full. Nothing is stored until there is space.',
    );
  }
  const code = codeOf(error);
  if (code === SQLITE_READONLY || code === SQLITE_IOERR) {
    return new FaultError('STORE_FAILED', `History cannot be written: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  if (isDamage(error)) {
    return new FaultError('STORE_DAMAGED', `The history file is damaged: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  return new FaultError('STORE_FAILED', `History failed: ${messageOf(error)}.`, { cause: error });
}
