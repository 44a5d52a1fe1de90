import type { Fault } from '@shared/errors';
import { groupCode } from '@shared/group-code';
import type { StateReason } from '@shared/model';

/** The texts that agents and their users get about a conversation. */

export const HEARTBEAT_MISSED: StateReason = {
  code: 'HEARTBEAT_MISSED',
  text: 'It did not answer the last heartbeat.',
};
export const LATE_DATA: StateReason = { code: 'LATE_DATA', text: 'Its data is overdue.' };
export const PENDING = 'Nothing is stored until the device is approved in the app.';
export const UTF_16 = 'This text is UTF-16. Send it as UTF-8.';
export const NOT_UTF8 = 'A binary frame must hold UTF-8 text, and this one does not.';

export const REJECTED: Fault = { code: 'REJECTED', message: 'This device was rejected in the app.' };
export const DUPLICATE_DEVICE: Fault = {
  code: 'DUPLICATE_DEVICE',
  message: 'Another machine uses the identity of this device, perhaps because its data folder was copied.',
};
export const BAD_PAIRING: Fault = {
  code: 'BAD_PAIRING',
  message: 'The nonce does not match the commitment in hello.',
};
export const TOO_MANY_SAMPLES: Fault = { code: 'RATE_LIMITED', message: 'Too many samples per second.' };

/**
 * The same for simple devices, whose reader may be a person at a serial monitor; includes the digits to compare, if
 * there are any.
 */
export function pendingGreeting(code: string | null): string {
  const compare = code === null ? '' : ` The app shows the code ${groupCode(code)} for it.`;
  return `Hello! Nothing is stored until this device is approved in the app.${compare}`;
}
