import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { makeCertificate, makeKey } from '../../src/main/hub/tls/make-certificate';

export interface TlsRelay {
  port: number;
  dispose(): void;
}

/** A man in the middle: takes TLS connections with a certificate of his own, and passes everything on over another. */
export async function startTlsRelay(hubPort: number): Promise<TlsRelay> {
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
    const hub = connect({ host: '127.0.0.1', port: hubPort, rejectUnauthorized: false });
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
  return { port: (server.address() as AddressInfo).port, dispose: () => server.close() };
}
