import { isRecord } from '@shared/protocol/parse';

/** The credentials that an agent presents; null for those it does not. */
export interface Credentials {
  key: string | null;
  token: string | null;
}

export const MAX_SECRET_CHARS = 256;

/**
 * Reads `Authorization: Bearer` of an upgrade (RFC 6750 section 2.1). The prefix says whether it is a key or a token.
 */
export function bearerCredentials(header: string | undefined): Credentials {
  const secret = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null;
  if (secret === null || secret.length > MAX_SECRET_CHARS) return { key: null, token: null };
  return secret.startsWith('wwk_') ? { key: secret, token: null } : { key: null, token: secret };
}

/** Reads the strings `key` and `token` of a first message, with those of the header as defaults. */
export function messageCredentials(message: unknown, header: Credentials): Credentials {
  const fields = isRecord(message) ? message : {};
  return {
    key: secretOf(fields['key']) ?? header.key,
    token: secretOf(fields['token']) ?? header.token,
  };
}

function secretOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_SECRET_CHARS + 1) : null;
}
