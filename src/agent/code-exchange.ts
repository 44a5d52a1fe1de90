import { createHash, randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import {
  CODE_EXPORTER_BYTES,
  CODE_EXPORTER_LABEL,
  CODE_NONCE_BITS,
  codeContext,
  codeOf,
} from '@shared/protocol/verification-code';

/** The agent's side of agreeing on the digits of an encrypted connection; see `shared/protocol/verification-code.ts`. */
export class CodeExchange {
  /** The commitment to this agent's nonce, sent in hello. */
  readonly commitment: string;
  /** The digits, once the hub has sent its nonce. */
  code: string | null = null;
  readonly #tls: TLSSocket;
  readonly #device: string;
  readonly #nonce = randomBytes(CODE_NONCE_BITS / 8).toString('base64url');

  constructor(tls: TLSSocket, device: string) {
    this.#tls = tls;
    this.#device = device;
    this.commitment = createHash('sha256').update(this.#nonce).digest('base64url');
  }

  /**
   * Takes the hub's nonce and returns the agent's nonce to reveal. Null if it was already revealed, because a second
   * hub nonce would give different digits.
   */
  hear(hub: string): string | null {
    if (this.code !== null) return null;
    const context = Buffer.from(codeContext(this.#device, { hub, agent: this.#nonce }));
    this.code = codeOf(this.#tls.exportKeyingMaterial(CODE_EXPORTER_BYTES, CODE_EXPORTER_LABEL, context));
    return this.#nonce;
  }
}
