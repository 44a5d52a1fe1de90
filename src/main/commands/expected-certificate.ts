import tls from 'node:tls';
import { fail, succeed, type Result } from '@shared/errors';
import { dialTls } from '../../agent/trust/dial-tls';

const TIMEOUT_MS = 10_000;

/**
 * Makes this process trust the certificate with this fingerprint (`AB:CD:…`) for the hub at `url`, although no
 * authority has signed it. Fails with `HUB_UNREACHABLE`, `HUB_NOT_TRUSTED` or `NODE_TOO_OLD`.
 */
export async function expectCertificate(url: URL, fingerprint: string): Promise<Result<null>> {
  const { signal } = new AbortController();
  const dialled = await dialTls({ url, timeoutMs: TIMEOUT_MS, signal });
  if (!dialled.ok)
    return fail('HUB_UNREACHABLE', `No hub answers at ${url.origin}: ${dialled.error.message}.`);
  const certificate = dialled.value.getPeerX509Certificate();
  dialled.value.destroy();
  if (certificate?.fingerprint256 !== fingerprint) {
    const shown = certificate?.fingerprint256 ?? 'none';
    return fail(
      'HUB_NOT_TRUSTED',
      `The certificate at ${url.origin} has the fingerprint ${shown}, which is not the expected one.`,
    );
  }
  if (typeof tls.setDefaultCACertificates !== 'function') {
    return fail(
      'NODE_TOO_OLD',
      `--fingerprint needs Node.js 24.5 or newer; this is Node.js ${process.versions.node}.`,
    );
  }
  // `fetch` offers no other way to say which certificate to expect.
  tls.setDefaultCACertificates([certificate.toString()]);
  return succeed(null);
}
