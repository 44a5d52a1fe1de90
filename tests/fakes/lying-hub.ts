import { createServer } from 'node:https';
import createMdns from 'multicast-dns';
import { WebSocketServer } from 'ws';
import { SERVICE_TYPE } from '@shared/discovery/announcement';
import { makeCertificate, makeKey } from '../../src/main/hub/tls/make-certificate';

/**
 * A program that pretends to be a hub on the network: it answers each query for hubs with `claims`, and accepts TLS
 * connections with its own key. It prints events as lines of JSON: `ready`, and `heard` with the data from a
 * connection.
 */
export interface LiarOptions {
  /** An address of the machine on which it runs. */
  address: string;
  port: number;
  claims: readonly Claim[];
}

export interface Claim {
  name: string;
  /** `<real>` stands for the host name that the real hub announces. */
  target: string;
  address: string;
  port: number;
  /** `<own>` stands for the fingerprint of its own certificate. */
  txt: readonly string[];
}

const options = JSON.parse(process.argv[2] ?? '') as LiarOptions;
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const key = makeKey();
const cert = await makeCertificate({
  keyPem: key,
  commonName: 'liar',
  names: [options.address],
  notBefore: Date.now() - 60_000,
  notAfter: Date.now() + 3_600_000,
});
const server = createServer({ key, cert });
server.on('secureConnection', (socket) => {
  socket.on('error', () => {});
  socket.once('data', (data: Buffer) =>
    print({ event: 'heard', text: data.toString('latin1').slice(0, 200) }),
  );
});
server.on('tlsClientError', () => {});
new WebSocketServer({ server, handleProtocols: () => 'wirewatch.v1' }).on('connection', (socket) => {
  socket.on('message', (data) => print({ event: 'heard', text: String(data).slice(0, 2_000) }));
});
await new Promise<void>((resolve) => server.listen(options.port, options.address, resolve));

const fingerprint = await ownFingerprint();
const mdns = createMdns({ interface: options.address, bind: '0.0.0.0' });
mdns.on('error', () => {});
const needsReal = options.claims.some(({ target }) => target === '<real>');
let realTarget: string | null = null;
mdns.on('response', ({ answers, additionals }) => {
  for (const record of [...answers, ...additionals]) {
    if (record.type === 'SRV') realTarget ??= record.data.target;
  }
});
mdns.on('query', ({ questions }) => {
  if (questions.every(({ name }) => name !== SERVICE_TYPE) || (needsReal && realTarget === null)) return;
  // Lies both first and last, so that it does not matter which answer would win.
  lie();
  setTimeout(lie, 200);
});
while (needsReal && realTarget === null) {
  mdns.query(SERVICE_TYPE, 'PTR');
  await new Promise((resolve) => setTimeout(resolve, 300));
}
print({ event: 'ready' });

function lie(): void {
  for (const { name, target: said, address, port, txt } of options.claims) {
    const target = said.replace('<real>', realTarget ?? '');
    const instance = `${name}.${SERVICE_TYPE}`;
    mdns.respond({
      answers: [
        { name: SERVICE_TYPE, type: 'PTR', ttl: 4_500, data: instance },
        { name: instance, type: 'SRV', ttl: 120, data: { priority: 0, weight: 0, port, target } },
        {
          name: instance,
          type: 'TXT',
          ttl: 4_500,
          data: txt.map((text) => Buffer.from(text.replace('<own>', fingerprint))),
        },
        { name: target, type: 'A', ttl: 120, data: address },
      ],
    });
  }
}

async function ownFingerprint(): Promise<string> {
  const { X509Certificate } = await import('node:crypto');
  return new X509Certificate(cert).fingerprint256.replaceAll(':', '');
}
