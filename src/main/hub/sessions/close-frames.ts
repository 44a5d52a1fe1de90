import { CLOSE } from '@shared/protocol/close-codes';

const WS_ERROR_CLOSE_CODES: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: CLOSE.invalidData,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: CLOSE.tooBig,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: CLOSE.tooBig,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: CLOSE.policy,
  TOO_MANY_PIECES: CLOSE.policy,
};

/** Returns the close code for an error that `ws` detects itself; most are protocol errors (RFC 6455 section 7.4.1). */
export function closeCodeOf(wsErrorCode: string): number {
  return WS_ERROR_CLOSE_CODES[wsErrorCode] ?? CLOSE.protocolError;
}

const WS_ERROR_WORDS: Readonly<Record<string, string>> = {
  WS_ERR_EXPECTED_MASK: 'frames from a client must be masked',
  WS_ERR_UNEXPECTED_MASK: 'frames must not be masked here',
  WS_ERR_EXPECTED_FIN: 'a control frame must not be fragmented',
  WS_ERR_INVALID_OPCODE: 'a frame has an opcode that does not exist or does not fit here',
  WS_ERR_UNEXPECTED_RSV_1: 'reserved bit RSV1 is set, but no compression was agreed on',
  WS_ERR_UNEXPECTED_RSV_2_3: 'reserved bits RSV2 and RSV3 must be 0',
  WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH: 'a control frame may carry at most 125 bytes',
  WS_ERR_INVALID_CLOSE_CODE: 'the close frame has a code that may not be sent',
  WS_ERR_INVALID_UTF8: 'text is not valid UTF-8',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'a message has too many fragments (see --limit fragments)',
  TOO_MANY_PIECES: 'a frame arrived in too many pieces: write more bytes at once (see --limit messagePieces)',
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH:
    'the message is larger than the hub accepts: send less at once (Telegraf: a smaller metric_batch_size)',
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH:
    'the message is larger than the hub accepts: send less at once (Telegraf: a smaller metric_batch_size)',
};

/**
 * Returns the hub's code for an error that `ws` detects. `ws` has one code for both too many fragments and too many
 * pieces.
 */
export function codeOf(wsErrorCode: string, message: string): string {
  return message === 'Too many buffered chunks' ? 'TOO_MANY_PIECES' : wsErrorCode;
}

/** Returns the close reason for a frame that `ws` refused: the rule of RFC 6455, or the limit, that it broke. */
export function wordsOf(wsErrorCode: string, message: string): string {
  return WS_ERROR_WORDS[wsErrorCode] ?? message.replace(/^Invalid WebSocket frame: /, '').slice(0, 100);
}

/** Returns the payload of a close frame (RFC 6455 section 5.5.1). */
export function closePayload(code: number, reason: string): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return payload;
}

/** Whether a connection that ends with this code was closed on purpose. */
export function isFarewell(code: number | string): boolean {
  return code === CLOSE.normal || code === CLOSE.goingAway || code === CLOSE.noStatus;
}
