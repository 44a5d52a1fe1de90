import type { Fault } from '@shared/errors';

/** Why the store is not open, in words for senders, which need not know the hub's folders. */
const REASONS: Readonly<Record<string, string>> = {
  STORE_FULL: 'the disk of the hub is full',
  STORE_UNWRITABLE: 'the hub cannot write to its data folder',
  STORE_IN_USE: 'another Wirewatch is using the data folder of the hub',
  STORE_NEWER: 'the history in the data folder was written by a newer version of Wirewatch',
};

/** Returns the fault to report to senders while the store is not open. */
export function notStoredBecause(problem: Fault | null): Fault {
  const reason = REASONS[problem?.code ?? ''] ?? 'the history of the hub could not be opened';
  return {
    code: 'NOT_STORED',
    message: `Nothing is stored now, because ${reason}. What was not acknowledged can be sent again later.`,
  };
}
