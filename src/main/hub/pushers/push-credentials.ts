import type { IncomingHttpHeaders } from 'node:http';
import { bearerCredentials, MAX_SECRET_CHARS, type Credentials } from '../admission/credentials';

const NOTHING: Credentials = { key: null, token: null };

/**
 * Reads the secret of a push, in any of the forms that senders use: `Authorization: Bearer`, `Token` (InfluxDB 2; with
 * `user:password` as InfluxDB 1.8 accepts it) or `Basic`, else the parameter `p`. User names are ignored.
 */
export function pushCredentials(headers: IncomingHttpHeaders, query: URLSearchParams): Credentials {
  const secret = ofHeader(headers.authorization) ?? query.get('p');
  if (secret === null || secret === '') return NOTHING;
  // A text too long for a secret is treated as a wrong one.
  return bearerCredentials(`Bearer ${encode(secret.slice(0, MAX_SECRET_CHARS))}`);
}

function ofHeader(header: string | undefined): string | null {
  const [, scheme = '', value = ''] = /^(Bearer|Token|Basic) +(.*?) *$/i.exec(header ?? '') ?? [];
  if (value === '') return null;
  if (scheme.toLowerCase() === 'bearer') return value;
  const plain = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString() : value;
  const colon = plain.indexOf(':');
  if (scheme.toLowerCase() === 'basic') return colon < 0 ? null : plain.slice(colon + 1);
  return plain.slice(colon + 1);
}

/** Replaces blanks. Our secrets have none, so a password with blanks is a wrong one anyway. */
function encode(secret: string): string {
  return secret.replace(/\s/g, '_');
}
