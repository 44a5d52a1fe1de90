import type { ConnectionState } from '@shared/model';

/** The word that accompanies each state's dot. */
export const STATE_WORDS: Record<ConnectionState, string> = {
  connecting: 'Connecting',
  authenticating: 'Authenticating',
  pending: 'Waiting for approval',
  online: 'Online',
  stale: 'Stale',
  offline: 'Offline',
  rejected: 'Rejected',
};

/** The order in which lists group states: those that need attention first. */
export const STATE_ORDER: Record<ConnectionState, number> = {
  pending: 0,
  offline: 1,
  stale: 2,
  authenticating: 3,
  connecting: 4,
  online: 5,
  rejected: 6,
};
