import { CLOSE } from '@shared/protocol/close-codes';

const WS_ERROR_CLOSE_CODES: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: CLOSE.invalidData,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: CLOSE.tooBig,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: CLOSE.tooBig,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: CLOSE.policy,
};

/** The close code of what `ws` refuses by itself; most of that are protocol errors (RFC 6455 section 7.4.1). */
export function closeCodeOf(wsErrorCode: string): number {
  return WS_ERROR_CLOSE_CODES[wsErrorCode] ?? CLOSE.protocolError;
}

/** The payload of a close frame (RFC 6455 section 5.5.1). */
export function closePayload(code: number, reason: string): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return payload;
}

/** Whether a connection that ends so was meant to end. 1005: a close frame without a code, as `socket.close()` sends it. */
export function isFarewell(code: number | string): boolean {
  return code === CLOSE.normal || code === CLOSE.goingAway || code === 1005;
}
