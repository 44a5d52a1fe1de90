import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { fail, succeed, type Result } from '@shared/errors';

/** A certificate with its key, checked and ready to use. */
export interface HubCertificate {
  readonly certPem: string;
  readonly keyPem: string;
  /** SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` writes it: `AB:CD:…`. */
  readonly fingerprint: string;
  /** SHA-256 of the public key (its SubjectPublicKeyInfo), base64url; stays the same over renewals. */
  readonly keyId: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly context: SecureContext;
}

/**
 * Checks that a certificate (PEM, the server's own first, followed by its chain) and a key (PEM) can be read and
 * belong together. Fails with `TLS_CERT_UNREADABLE`, `TLS_KEY_UNREADABLE`, `TLS_KEY_MISMATCH` or `TLS_CERT_REFUSED`.
 * The caller checks the validity period.
 */
export function readCertificate(certPem: string, keyPem: string): Result<HubCertificate> {
  let certificate: X509Certificate;
  let key: KeyObject;
  try {
    certificate = new X509Certificate(certPem);
  } catch {
    return fail('TLS_CERT_UNREADABLE', 'The certificate is not in PEM format.');
  }
  try {
    key = createPrivateKey(keyPem);
  } catch {
    return fail('TLS_KEY_UNREADABLE', 'The key must be a private key in PEM format without a passphrase.');
  }
  if (!certificate.checkPrivateKey(key)) {
    return fail('TLS_KEY_MISMATCH', 'The key does not belong to the certificate.');
  }
  let context: SecureContext;
  try {
    context = createSecureContext({ cert: certPem, key: keyPem, minVersion: 'TLSv1.2' });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail('TLS_CERT_REFUSED', `OpenSSL rejects the certificate: ${why}.`);
  }
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return succeed({
    certPem,
    keyPem,
    fingerprint: certificate.fingerprint256,
    keyId: createHash('sha256').update(spki).digest('base64url'),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    context,
  });
}
