import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testCertificate } from '../../tests/fakes/certificates';
import { eventually } from '../../tests/patience';
import { createAgent, type AgentState } from './agent';
import { recordingLogger } from './testing/test-support';

/** Answers every connection with these bytes, as a proxy or a hub would, and then closes it unless `stays`. */
async function answering(
  answer: string,
  { stays = false, tls = false }: { stays?: boolean; tls?: boolean } = {},
): Promise<string> {
  const open = new Set<Socket>();
  const serve = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      socket.write(answer);
      if (!stays) socket.end();
    });
  };
  const { certPem: cert, keyPem: key } = await testCertificate();
  const server = tls ? createTlsServer({ cert, key }, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return `${tls ? 'wss' : 'ws'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function whyNot(url: string): Promise<string> {
  const states: AgentState[] = [];
  const agent = createAgent({
    url,
    name: 'test',
    dataDir: null,
    log: recordingLogger(),
    collectors: [],
    timings: { closeMs: 200 },
  });
  onTestFinished(() => agent.dispose());
  agent.onState((state) => states.push(state));
  await agent.start();
  const [waiting] = await eventually(
    () => states.flatMap((state) => (state.state === 'waiting' ? [state] : [])),
    (found) => found.length > 0,
  );
  return waiting?.reason ?? '';
}

const upgradeRequired = (body: string, length = Buffer.byteLength(body)): string =>
  `HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: ${length}\r\n\r\n${body}`;

const ofHub = (code: string): string => JSON.stringify({ error: { code, message: 'Words of the hub.' } });

describe('an agent that is answered with HTTP status 426', () => {
  it('says that encryption is required where the hub says so', async () => {
    const url = await answering(upgradeRequired(ofHub('TLS_REQUIRED')));
    expect(await whyNot(url)).toContain('accepts only encrypted connections, use wss://127.0.0.1:');
  });

  it.each([
    ['without a body', upgradeRequired('')],
    ['with the page of a proxy', upgradeRequired('<h1>426 Upgrade Required: TLS_REQUIRED</h1>')],
    ['with another code of a hub', upgradeRequired(ofHub('UPGRADE_REQUIRED'))],
    ['with JSON of somebody else', upgradeRequired('{"error":"TLS_REQUIRED"}')],
    ['with more than a hub would say', upgradeRequired(`${ofHub('TLS_REQUIRED')}${' '.repeat(8_192)}`)],
    ['with a body that is cut off', upgradeRequired('{"error":', 500)],
  ])('does not speak of encryption %s', async (_, answer) => {
    const why = await whyNot(await answering(answer));
    expect(why).toContain('status 426');
    expect(why).not.toContain('encrypted');
  });

  it('says over TLS that a proxy passes it on without encryption, where the hub asks for that', async () => {
    const why = await whyNot(await answering(upgradeRequired(ofHub('TLS_REQUIRED')), { tls: true }));
    expect(why).toContain('a proxy in between passes this one on without encryption');
    expect(why).not.toContain('use wss');
  });

  it('does not speak of encryption over TLS either, without the word of a hub', async () => {
    const why = await whyNot(await answering(upgradeRequired(''), { tls: true }));
    expect(why).toContain('status 426');
    expect(why).not.toContain('encrypt');
  });

  it('does not wait for a body that never comes', async () => {
    expect(await whyNot(await answering(upgradeRequired('', 500), { stays: true }))).toContain('status 426');
  });
});
