import { dialTls } from '../trust/dial-tls';
import { keyIdOf } from '../trust/fingerprint';
import type { HubOnNetwork } from './browse';

const PATIENCE_MS = 3_000;

/** Whether the peer at the announced address has what was announced. Nothing is sent to it after the handshake. */
export async function showsKey({ keyId, fingerprint, address, port }: HubOnNetwork): Promise<boolean> {
  const url = new URL(`wss://${address}:${port}`);
  const dialled = await dialTls({ url, timeoutMs: PATIENCE_MS, signal: new AbortController().signal });
  if (!dialled.ok) return false;
  const certificate = dialled.value.getPeerX509Certificate();
  dialled.value.on('error', () => {}).destroy();
  if (!certificate || keyIdOf(certificate) !== keyId) return false;
  return fingerprint === null || certificate.fingerprint256 === fingerprint;
}
