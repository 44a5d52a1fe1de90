import { createHash, type X509Certificate } from 'node:crypto';

/** Reads a SHA-256 fingerprint as people paste it: 64 hex digits, with or without colons. Null when it is not one. */
export function parseFingerprint(text: string): string | null {
  const digits = text
    .trim()
    .replace(/^sha-?256[ :=]+/i, '')
    .replace(/[:\s]/g, '')
    .toUpperCase();
  return /^[0-9A-F]{64}$/.test(digits) ? (digits.match(/../g) ?? []).join(':') : null;
}

/**
 * SHA-256 of a certificate's public key (its SubjectPublicKeyInfo), base64url. It stays the same when the hub renews
 * the certificate.
 */
export function keyIdOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64url');
}

/** The start of a fingerprint, enough to tell two apart at a glance. */
export const shortFingerprint = (fingerprint: string): string => `${fingerprint.slice(0, 23)}…`;
