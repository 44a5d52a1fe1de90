import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The encryption of one connection: its parameters, and secrets that only its two ends know. */
export class TlsLink {
  /** E.g. `TLSv1.3`. */
  readonly version: string;
  /** E.g. `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  #socket: TLSSocket | null;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    this.version = socket.getProtocol() ?? 'TLS';
    this.cipher = socket.getCipher().standardName;
  }

  /** Returns null for a plain connection. */
  static of(socket: Socket): TlsLink | null {
    return socket instanceof TLSSocket ? new TlsLink(socket) : null;
  }

  /** Derives bytes that only the two ends of this connection know (RFC 5705); null once it has ended. */
  exportKey(bytes: number, label: string, context: Buffer): Buffer | null {
    try {
      return this.#socket?.exportKeyingMaterial(bytes, label, context) ?? null;
    } catch {
      return null;
    }
  }

  /** Releases the socket: ended sessions are kept for display, their sockets are not. */
  ended(): void {
    this.#socket = null;
  }
}
