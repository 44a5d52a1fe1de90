import { formatBytes } from '@shared/metrics/units';
import type { SessionInfo } from '@shared/model';

export interface Savings {
  messages: number;
  /** Bytes that the open connection added to the messages: handshake and framing. */
  connectionBytes: number;
  framingPerMessage: number;
  /** Bytes that the same number of HTTP requests would have added, with heads as large as this handshake's. */
  pollingBytes: number;
  /** pollingBytes / connectionBytes. */
  factor: number;
}

/** Returns the savings of an open connection compared with polling; null before the first message. */
export function savingsOf(
  session: Pick<SessionInfo, 'framesIn' | 'framesOut' | 'frameOverheadBytes' | 'handshakeBytes'>,
): Savings | null {
  const frames = session.framesIn + session.framesOut;
  const connectionBytes = session.handshakeBytes + session.frameOverheadBytes;
  if (session.framesIn === 0 || session.handshakeBytes === 0) return null;
  const pollingBytes = session.framesIn * session.handshakeBytes;
  return {
    messages: session.framesIn,
    connectionBytes,
    framingPerMessage: session.frameOverheadBytes / frames,
    pollingBytes,
    factor: pollingBytes / connectionBytes,
  };
}

/** Describes the savings in one plain sentence. */
export function describeSavings(session: Parameters<typeof savingsOf>[0]): string {
  const savings = savingsOf(session);
  if (!savings) return 'Nothing has been sent over this connection yet, so there is nothing to compare.';
  const { messages, connectionBytes, framingPerMessage, pollingBytes, factor } = savings;
  const count = messages.toLocaleString('en').replaceAll(',', '\u202f');
  const counted = messages === 1 ? 'one message' : `${count} messages`;
  const cost = `One handshake of ${formatBytes(session.handshakeBytes)}, then ${framingPerMessage.toFixed(1)} bytes of framing per message: ${formatBytes(connectionBytes)} on top of ${counted}.`;
  if (factor < 1.05)
    return `${cost} From the next message on, this is cheaper than one HTTP request per message.`;
  const times = factor < 10 ? factor.toFixed(1) : Math.round(factor).toString();
  return `${cost} Polling over HTTP with headers of that size would have cost ${formatBytes(pollingBytes)}, ${times} times as much.`;
}
