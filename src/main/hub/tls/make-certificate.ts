import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

/** The contents of the hub's own certificate: the names and addresses at which others may reach this machine. */
export interface CertificateRequest {
  /** The private key, PKCS #8, PEM. {@link makeKey} creates one; a renewal reuses the old one. */
  keyPem: string;
  commonName: string;
  /** DNS names and IP addresses, for the subject's alternative names (RFC 5280 section 4.2.1.6). */
  names: readonly string[];
  notBefore: number;
  notAfter: number;
}

/** OpenSSL and browsers allow more, but machines have few addresses. */
const MAX_NAMES = 64;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A new private key on P-256, PKCS #8, PEM. */
export function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * Creates a self-signed server certificate, PEM. The library is loaded only when needed, because a hub creates a
 * certificate once in two years.
 */
export async function makeCertificate(request: CertificateRequest): Promise<string> {
  // The library's container needs this to read the types of decorators.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const names = [...new Set(request.names)].slice(0, MAX_NAMES);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [request.commonName.slice(0, 64)] }],
    notBefore: new Date(request.notBefore),
    notAfter: new Date(request.notAfter),
    keys: await cryptoKeys(request.keyPem),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([SERVER_AUTH]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

async function cryptoKeys(keyPem: string): Promise<webcrypto.CryptoKeyPair> {
  const { subtle } = webcrypto;
  const privateKey = createPrivateKey(keyPem);
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign']),
    publicKey: await subtle.importKey('spki', spki, ALGORITHM, true, ['verify']),
  };
}

/** 127 random bits: positive and unique (RFC 5280 section 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8(((bytes[0] ?? 0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}
