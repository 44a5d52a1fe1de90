import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate, makeKey } from '../../src/main/hub/tls/make-certificate';

const DAY_MS = 86_400_000;

export interface TestCertificate {
  certPem: string;
  keyPem: string;
}

/** Creates a self-signed certificate for loopback; valid from yesterday to next year by default. */
export async function testCertificate(
  options: { keyPem?: string; notBefore?: number; notAfter?: number } = {},
): Promise<TestCertificate> {
  const {
    keyPem = makeKey(),
    notBefore = Date.now() - DAY_MS,
    notAfter = Date.now() + 365 * DAY_MS,
  } = options;
  const names = ['localhost', '127.0.0.1'];
  const certPem = await makeCertificate({ keyPem, commonName: 'test', names, notBefore, notAfter });
  return { certPem, keyPem };
}

/** Writes a certificate and its key as files, as a user provides them. */
export function writeCertificate(folder: string, { certPem, keyPem }: TestCertificate) {
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  writeFileSync(files.certFile, certPem);
  writeFileSync(files.keyFile, keyPem, { mode: 0o600 });
  return files;
}
