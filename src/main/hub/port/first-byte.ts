import type { Socket } from 'node:net';

/** The type of a TLS record that carries a handshake (RFC 8446 section 5.1): what a TLS client sends first. */
const HANDSHAKE_RECORD = 0x16;

/**
 * Waits for the first bytes of a connection and puts them back, untouched, for the next reader. The socket is handed
 * over paused; `resume` it once somebody listens.
 */
export function lookAtFirstByte(socket: Socket, then: (isTls: boolean) => void): void {
  socket.once('data', (chunk: Buffer) => {
    socket.pause();
    socket.unshift(chunk);
    then(chunk[0] === HANDSHAKE_RECORD);
  });
}
