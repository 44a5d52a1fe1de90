import { connect as connectPlain, type AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { makeCertificate, makeKey } from '../../src/main/hub/tls/make-certificate';

export interface TlsRelay {
  port: number;
  /** Its own certificate, PEM. */
  cert: string;
  dispose(): void;
}

/**
 * Starts a man in the middle, or a reverse proxy: accepts TLS connections with a certificate of its own, and forwards
 * everything over another TLS connection or without encryption.
 */
export async function startTlsRelay(hubPort: number, onward: 'tls' | 'plain' = 'tls'): Promise<TlsRelay> {
  const key = makeKey();
  const now = Date.now();
  const cert = await makeCertificate({
    keyPem: key,
    commonName: 'relay',
    names: ['127.0.0.1'],
    notBefore: now - 60_000,
    notAfter: now + 3_600_000,
  });
  const server = createServer({ key, cert }, (agent) => {
    const to = { host: '127.0.0.1', port: hubPort };
    const hub = onward === 'tls' ? connect({ ...to, rejectUnauthorized: false }) : connectPlain(to);
    agent.pipe(hub).pipe(agent);
    for (const [one, other] of [
      [agent, hub],
      [hub, agent],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, cert, dispose: () => server.close() };
}
