import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubOptions } from '../../src/main/hub/hub-contract';
import { hello, startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { eventually, PATIENCE_MS } from '../patience';

/** A real ClientHello that nobody ever finishes: what `openssl s_client` sends first. */
async function clientHello(port: number): Promise<Buffer> {
  const captured = Promise.withResolvers<Buffer>();
  const { createServer } = await import('node:net');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (data: Buffer) => {
      captured.resolve(data);
      socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const at = typeof address === 'object' && address !== null ? address.port : port;
  connectTls({ port: at, host: '127.0.0.1' }).on('error', () => {});
  const bytes = await captured.promise;
  server.close();
  return bytes;
}

/** Every suite that this machine's OpenSSL knows, strong or not, by OpenSSL's name and the standard's. */
function suites(): { name: string; standardName: string }[] {
  const text = execFileSync('openssl', ['ciphers', '-stdname', 'ALL:@SECLEVEL=0'], { encoding: 'utf8' });
  return [...text.matchAll(/^(\S+)\s+- (\S+)/gm)].map(([, standardName = '', name = '']) => ({
    name,
    standardName,
  }));
}

describe('attacks on TLS', () => {
  let test: TestHub;
  const sockets: Socket[] = [];
  const start = async (options: Partial<HubOptions> = {}): Promise<void> => {
    test = await startHub(options);
  };
  beforeEach(() => start());
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await test.dispose();
  });

  const restart = async (options: Partial<HubOptions>): Promise<void> => {
    await test.dispose();
    await start(options);
  };
  const wss = (): string => test.url.replace('ws:', 'wss:');
  const refused = async (code: string): Promise<number> => (await test.api.call('getRefused', {}))[code] ?? 0;

  function tcp(from = '127.0.0.1'): Socket {
    const socket = connectTcp({ port: test.hub.port, host: '127.0.0.1', localAddress: from });
    socket.on('error', () => {});
    sockets.push(socket);
    return socket;
  }

  async function tls(options: ConnectionOptions & { localAddress?: string } = {}): Promise<TLSSocket> {
    const socket = connectTls({
      port: test.hub.port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ...options,
    });
    sockets.push(socket);
    await once(socket, 'secureConnect');
    return socket;
  }

  const ended = (socket: Socket): Promise<unknown> =>
    socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));

  async function answerOf(socket: Socket): Promise<string> {
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
    await ended(socket);
    return text;
  }

  function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
    return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
      const sent = request({ port: test.hub.port, host: '127.0.0.1', path, method, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      });
      sent.on('error', reject).end();
    });
  }

  it('serves plain and encrypted agents on one port, and tells which is which', async () => {
    await restart({ admit: 'open' });
    const plain = await TestClient.open(`${test.url}/agent`, ['wirewatch.v1']);
    plain.send(hello('plain'));
    const secure = await TestClient.open(`${wss()}/agent`, ['wirewatch.v1'], { rejectUnauthorized: false });
    secure.send(hello('secure'));
    await Promise.all([plain.message('welcome'), secure.message('welcome')]);
    const devices = await test.api.call('listDevices', {});
    expect(new Map(devices.map((device) => [device.id, device.secure]))).toEqual(
      new Map([
        ['plain', false],
        ['secure', true],
      ]),
    );
    const session = devices.find(({ id }) => id === 'secure')?.session ?? '';
    expect(await test.api.call('getSession', { session })).toMatchObject({
      tls: 'TLSv1.3',
      handshake: { cipher: expect.stringMatching(/^TLS_/) as string },
    });
    plain.end();
    secure.end();
    await eventually(
      () => test.api.call('listDevices', {}),
      (all) => all.every((device) => device.secure === null),
    );
  });

  it('offers only suites that authenticate what they encrypt (AEAD), and one key a connection', async () => {
    const offered: string[] = [];
    for (const { name, standardName } of suites()) {
      const isNew = standardName.startsWith('TLS_AES') || standardName.startsWith('TLS_CHACHA20');
      const version: ConnectionOptions = isNew
        ? { ciphers: standardName, minVersion: 'TLSv1.3' }
        : { ciphers: `${name}:@SECLEVEL=0`, maxVersion: 'TLSv1.2' };
      const socket = await tls(version).catch(() => null);
      if (socket) offered.push(socket.getCipher().standardName);
      socket?.destroy();
    }
    expect(offered.toSorted()).toEqual([
      'TLS_AES_128_GCM_SHA256',
      'TLS_AES_256_GCM_SHA384',
      'TLS_CHACHA20_POLY1305_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
      'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
    ]);
  });

  it('shows openssl the certificate that the app names', async () => {
    const openssl = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${test.hub.port}`]);
    openssl.stdin.end();
    let text = '';
    openssl.stdout.setEncoding('utf8').on('data', (data: string) => (text += data));
    await once(openssl, 'close');
    const shown = spawn('openssl', ['x509', '-noout', '-fingerprint', '-sha256']);
    shown.stdin.end(text);
    const [line] = (await once(shown.stdout, 'data')) as [Buffer];
    expect(line.toString()).toContain(test.hub.info().tls.fingerprint);
  });

  it('speaks nothing older than TLS 1.2', async () => {
    const old = tls({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' });
    await expect(old).rejects.toThrow(/protocol version|alert|unsupported/i);
    expect((await tls({ maxVersion: 'TLSv1.2' })).getProtocol()).toBe('TLSv1.2');
  });

  it('cuts a handshake that is begun and left, in time, and counts it', async () => {
    await restart({ limits: { upgradeTimeoutMs: 1_000 } });
    const silent = tcp();
    silent.write(Buffer.from([0x16]));
    const half = tcp();
    half.write((await clientHello(test.hub.port)).subarray(0, 40));
    const startedAt = performance.now();
    await Promise.all([ended(silent), ended(half)]);
    expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS);
    await eventually(
      () => refused('TLS_HANDSHAKE_TIMEOUT'),
      (count) => count === 2,
    );
  });

  it('cuts a handshake that trickles in, however steadily', async () => {
    await restart({ limits: { upgradeTimeoutMs: 1_000 } });
    const slow = tcp();
    const bytes = await clientHello(test.hub.port);
    let at = 0;
    const timer = setInterval(() => slow.writable && slow.write(bytes.subarray(at, ++at)), 50);
    await ended(slow);
    clearInterval(timer);
    expect(at).toBeLessThan(bytes.length);
    await eventually(
      () => refused('TLS_HANDSHAKE_TIMEOUT'),
      (count) => count === 1,
    );
  });

  it('gives whoever is silent after the handshake no more time than anybody', async () => {
    await restart({ limits: { upgradeTimeoutMs: 1_000 } });
    const silent = await tls();
    expect(await answerOf(silent)).toMatch(/^HTTP\/1\.1 408 .*"UPGRADE_TIMEOUT"/s);
    expect(await refused('UPGRADE_TIMEOUT')).toBe(1);
  });

  it('survives garbage that begins like a handshake', async () => {
    const garbage = [
      Buffer.concat([Buffer.from([0x16]), Buffer.alloc(4_096, 0xff)]),
      Buffer.concat([Buffer.from('160301ffff', 'hex'), Buffer.alloc(70_000, 1)]),
      Buffer.concat([await clientHello(test.hub.port), Buffer.from('GET / HTTP/1.1\r\n\r\n')]),
    ];
    await Promise.all(
      garbage.map(async (bytes) => {
        const socket = tcp();
        socket.resume();
        socket.write(bytes);
        await ended(socket);
      }),
    );
    await eventually(
      () => refused('TLS_HANDSHAKE_FAILED'),
      (count) => count === garbage.length,
    );
    expect((await tls()).encrypted).toBe(true);
  });

  it('keeps room for others while one address floods it with handshakes', async () => {
    await restart({ limits: { tlsHandshakes: 8, unauthenticatedPerAddress: 64 } });
    const bytes = await clientHello(test.hub.port);
    const flood = Array.from({ length: 40 }, () => tcp('127.0.0.66'));
    for (const socket of flood) socket.write(bytes.subarray(0, 50));
    await eventually(
      () => refused('TOO_MANY_TLS_HANDSHAKES'),
      (count) => count >= 32,
    );
    const other = await tls({ localAddress: '127.0.0.67' });
    expect(other.encrypted).toBe(true);
  });

  it('begins only so many handshakes a second for one address, and refuses the rest before any work', async () => {
    await restart({ limits: { tlsHandshakesPerSec: 1 } });
    const outcomes = await Promise.all(
      Array.from({ length: 14 }, () =>
        tls({ localAddress: '127.0.0.66' }).then(
          () => 'secure',
          (error: unknown) => String(error),
        ),
      ),
    );
    const turnedAway = outcomes.filter((outcome) => outcome !== 'secure');
    expect(turnedAway.length).toBeGreaterThanOrEqual(3);
    expect(turnedAway.every((outcome) => /handshake failure/i.test(outcome))).toBe(true);
    await eventually(
      () => refused('TLS_RATE_LIMITED'),
      (count) => count === turnedAway.length,
    );
    expect((await tls({ localAddress: '127.0.0.67' })).encrypted).toBe(true);
  });

  it('tells a TLS client at once that there is none', async () => {
    await restart({ tls: 'off' });
    await expect(tls()).rejects.toThrow(/handshake failure/i);
    await eventually(
      () => refused('TLS_OFF'),
      (count) => count === 1,
    );
    expect(test.hub.info()).toMatchObject({ secureAgentUrls: [], tls: { fingerprint: null, problem: null } });
  });

  describe('where TLS is required', () => {
    beforeEach(() => restart({ tls: 'require' }));

    it('turns a plain agent away with 426 and the address to use', async () => {
      for (const path of ['/agent', '/', '/echo', '/ui']) {
        const plain = new TestClient(`${test.url}${path}`, ['wirewatch.v1']);
        const [, response] = (await once(plain.socket, 'unexpected-response')) as [
          unknown,
          { statusCode: number; on: (event: string, listener: (data: Buffer) => void) => void },
        ];
        let body = '';
        response.on('data', (data) => (body += data.toString()));
        expect(response.statusCode, path).toBe(426);
        await eventually(
          () => body,
          (text) => text.includes('TLS_REQUIRED') && text.includes(wss()),
        );
        plain.socket.terminate();
      }
      await eventually(
        () => refused('TLS_REQUIRED'),
        (count) => count === 4,
      );
      expect(test.hub.info()).toMatchObject({ agentUrls: [], secureAgentUrls: [wss()] });
    });

    it('sends the page to where it is encrypted, and nothing else, and nowhere else', async () => {
      const { port } = test.hub;
      const page = await get('/', { Host: `127.0.0.1:${port}` });
      expect(page).toMatchObject({ status: 307, headers: { location: `https://127.0.0.1:${port}/` } });
      expect(page.headers['strict-transport-security']).toBeUndefined();
      expect(await get('/', { Host: 'localhost' })).toMatchObject({
        status: 307,
        headers: { location: `https://localhost:${port}/` },
      });
      expect((await get('/api/v1/devices')).status).toBe(426);
      expect((await get('/', {}, 'POST')).status).toBe(426);
      expect((await get('//evil.example/')).headers.location).toBeUndefined();
    });

    it('never names an address in a redirect that somebody made up', async () => {
      const foreign = await get('/', { Host: 'evil.example' });
      expect(foreign).toMatchObject({ status: 403 });
      expect(foreign.headers.location).toBeUndefined();
      for (const host of ['203.0.113.9', '203.0.113.9:7411', '[2001:db8::1]']) {
        const made = await get('/', { Host: host });
        expect(made.status, host).toBe(426);
        expect(made.headers.location).toBeUndefined();
        expect(made.body).not.toContain('203.0.113');
      }
    });

    it('takes effect for new connections when it is switched', async () => {
      await test.api.call('updateSettings', { tls: 'allow', admit: 'open' });
      const plain = await TestClient.open(`${test.url}/agent`, ['wirewatch.v1']);
      plain.send(hello('stays'));
      await plain.message('welcome');
      await test.api.call('updateSettings', { tls: 'require' });
      expect((await get('/')).status).toBe(307);
      expect(plain.closed).toBeNull();
      await test.api.call('updateSettings', { tls: 'off' });
      await expect(tls()).rejects.toThrow(/handshake failure/i);
      expect((await get('/api/v1/nothing')).status).toBe(404);
      plain.end();
    });

    it('fails closed when there is no certificate: only its own machine may look why', async () => {
      await restart({
        tls: 'require',
        tlsFiles: { certFile: '/nowhere/cert.pem', keyFile: '/nowhere/key.pem' },
      });
      expect(test.hub.info()).toMatchObject({
        agentUrls: [],
        secureAgentUrls: [],
        tls: { mode: 'require', fingerprint: null, problem: { code: 'TLS_CERT_UNREADABLE' } },
      });
      await expect(tls()).rejects.toThrow(/handshake failure/i);
      const plain = new TestClient(`${test.url}/agent`, ['wirewatch.v1']);
      const [error] = (await once(plain.socket, 'error')) as [Error];
      expect(error.message).toContain('426');
      // Nothing serves a page here, so what is not refused is not found.
      expect((await get('/')).status).toBe(404);
    });
  });
});
