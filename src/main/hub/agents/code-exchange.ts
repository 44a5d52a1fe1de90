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

/** The digits of an encrypted connection whose agent sent no commitment; null for a plain connection. */
export function plainCode(tls: TlsLink | null, device: string): string | null {
  return derive(tls, codeContext(device, null));
}

/** The hub's side of deriving digits with an agent that committed to its nonce in hello. */
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
    return derive(this.#tls, codeContext(this.#device, { hub: this.nonce, agent }));
  }
}

function derive(tls: TlsLink | null, context: string): string | null {
  const material = tls?.exportKey(CODE_EXPORTER_BYTES, CODE_EXPORTER_LABEL, Buffer.from(context));
  return material ? codeOf(material) : null;
}
