/**
 * Every close code that the hub sends or explains: RFC 6455 section 7.4.1 and the private range 4000-4999. `text` is
 * the explanation in the app.
 */
export const CLOSE_CODES = {
  1000: { name: 'normal', text: 'The connection was closed normally.' },
  1001: { name: 'going away', text: 'The other side is shutting down or leaving.' },
  1002: { name: 'protocol error', text: 'A frame broke the rules of the WebSocket protocol.' },
  1003: { name: 'unsupported data', text: 'The other side does not accept this kind of data.' },
  1005: { name: 'no code', text: 'The connection was closed without a reason.' },
  1006: { name: 'abnormal', text: 'The connection was lost.' },
  1007: { name: 'invalid data', text: 'A text frame was not valid UTF-8.' },
  1008: { name: 'policy', text: 'The hub does not allow this connection.' },
  1009: { name: 'too big', text: 'A message was larger than the hub accepts.' },
  1011: { name: 'internal error', text: 'The hub had an internal error.' },
  1013: { name: 'try later', text: 'The hub is at its limit; the device will try again later.' },
  1015: { name: 'TLS refused', text: 'The certificate of the hub is not trusted.' },
  4001: { name: 'unauthorised', text: 'The token or key was not accepted.' },
  4002: { name: 'protocol error', text: 'A message broke the rules of the wirewatch.v1 protocol.' },
  4003: { name: 'rate limited', text: 'The device sent more per second than the hub allows.' },
  4004: { name: 'superseded', text: 'A newer connection of the same device took over.' },
  4005: { name: 'removed', text: 'The device was removed in the app.' },
  4006: { name: 'hello timeout', text: 'The device connected but did not identify itself in time.' },
  4007: { name: 'heartbeat lost', text: 'The device stopped answering heartbeats.' },
} as const satisfies Record<number, { name: string; text: string }>;

export type CloseCode = keyof typeof CLOSE_CODES;

export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  /** Never on the wire: stands for a close frame without a code, as `socket.close()` sends it. */
  noStatus: 1005,
  abnormal: 1006,
  invalidData: 1007,
  policy: 1008,
  tooBig: 1009,
  internalError: 1011,
  tryLater: 1013,
  /** Never sent: the code of a connection that fails at TLS (RFC 6455 section 7.4.1). */
  tlsRefused: 1015,
  unauthorised: 4001,
  badMessage: 4002,
  rateLimited: 4003,
  superseded: 4004,
  removed: 4005,
  helloTimeout: 4006,
  heartbeatLost: 4007,
} as const satisfies Record<string, CloseCode>;

/** Describes any close code in one sentence, known or not. */
export function describeCloseCode(code: number): string {
  const known: { text: string } | undefined = CLOSE_CODES[code as CloseCode];
  return known?.text ?? `The connection was closed with code ${code}.`;
}
