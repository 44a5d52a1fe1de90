import { createHash, webcrypto, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/**
 * A private certificate authority, such as users of a proxy at home create, and a certificate that it signed for
 * loopback.
 */
export interface OwnAuthority {
  caFile: string;
  certFile: string;
  keyFile: string;
  /** SHA-256 of the server's certificate, `AB:CD:…`. */
  fingerprint: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

export async function makeOwnAuthority(folder: string): Promise<OwnAuthority> {
  const makeKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const caKeys = await makeKeys();
  const keys = await makeKeys();
  const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + 30 * DAY_MS) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['Home authority'] }],
    keys: caKeys,
    signingAlgorithm: ALGORITHM,
    ...validity,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const cert = await x509.X509CertificateGenerator.create({
    subject: [{ CN: ['proxy'] }],
    issuer: ca.subject,
    signingKey: caKeys.privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHM,
    ...validity,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  });
  const files = {
    caFile: join(folder, 'ca.pem'),
    certFile: join(folder, 'proxy.pem'),
    keyFile: join(folder, 'proxy.key'),
  };
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  writeFileSync(files.caFile, `${ca.toString('pem')}\n`);
  writeFileSync(files.certFile, `${cert.toString('pem')}\n`);
  writeFileSync(files.keyFile, `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`, {
    mode: 0o600,
  });
  const der = new X509Certificate(cert.toString('pem')).raw;
  const hex = createHash('sha256').update(der).digest('hex').toUpperCase();
  return { ...files, fingerprint: hex.replace(/..(?=.)/g, '$&:') };
}
