import type { HttpRefusal } from './read-refusal';

/** Explains to people why the answer was plain HTTP instead of a WebSocket. */
export function explainRefusal({ status, code }: HttpRefusal, url: URL): string {
  if (code === 'TLS_REQUIRED') {
    return url.protocol === 'ws:'
      ? `it accepts only encrypted connections, use wss://${url.host}`
      : 'it accepts only encrypted connections, and a proxy in between passes this one on without encryption';
  }
  // Without a code from the hub, missing encryption is not the cause.
  if (status === 426)
    return 'it answered with HTTP status 426, so a proxy in between does not pass on WebSocket upgrades';
  if (status === 429)
    return 'it refuses this address for now, after too many connections or wrong keys or tokens from here';
  return `it answered with HTTP status ${status} instead of a WebSocket`;
}

/** Explains to people why a connection failed; the messages of `ws` and Node are written for programmers. */
export function explainFailure(error: Error, url: URL): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (error.message.includes('subprotocol'))
    return 'it does not speak wirewatch.v1, so it is not a Wirewatch hub';
  if (error.message === 'Opening handshake has timed out') return 'it did not answer in time';
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing is listening there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name ${url.hostname} is not known`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'it cannot be reached from this network';
    case 'ETIMEDOUT':
      return 'it did not answer in time';
    case 'ECONNRESET':
      return 'it closed the connection';
    default:
      return error.message || 'the connection failed';
  }
}
