import { createHash } from 'node:crypto';
import {
  CODE_EXPORTER_BYTES,
  CODE_EXPORTER_LABEL,
  CODE_NONCE_BITS,
  codeContext,
  codeOf,
} from '@shared/protocol/verification-code';
import { equalSecrets, randomSecret } from '../secrets';
import type { TlsLink } from '../sessions/tls-link';

/** The hub's side of deriving digits with an agent that committed to its nonce in hello (RFC 5705 exporter). */
export class CodeExchange {
  /** Sent to the agent, which then reveals its own nonce. */
  readonly nonce = randomSecret(CODE_NONCE_BITS);
  readonly #tls: TlsLink;
  readonly #device: string;
  readonly #commitment: string;

  constructor(tls: TlsLink, device: string, commitment: string) {
    this.#tls = tls;
    this.#device = device;
    this.#commitment = commitment;
  }

  /** Takes the agent's nonce and returns the digits; null when the nonce does not match the commitment. */
  reveal(agent: string): string | null {
    const commitment = createHash('sha256').update(agent).digest('base64url');
    if (!equalSecrets(commitment, this.#commitment)) return null;
    const context = Buffer.from(codeContext(this.#device, { hub: this.nonce, agent }));
    const material = this.#tls.exportKey(CODE_EXPORTER_BYTES, CODE_EXPORTER_LABEL, context);
    return material ? codeOf(material) : null;
  }
}
