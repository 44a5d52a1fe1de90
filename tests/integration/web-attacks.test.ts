import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { askRaw, type RawAnswer } from '../fakes/raw-http';
import { RawPeer } from '../fakes/raw-peer';

/** What a browser adds that no page can change. */
const CHROMIUM =
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36';

let web: RunningWeb;
let cookie: string;
let own: string;
beforeAll(async () => {
  web = await startRunningWeb();
  cookie = `Cookie: ${await web.signIn()}`;
  own = `127.0.0.1:${web.port}`;
});
afterAll(() => web.dispose());

const get = (...lines: string[]): Promise<RawAnswer> =>
  askRaw(web.port, ['GET /api/v1/devices HTTP/1.1', ...lines, 'Connection: close']);

function upgrade(path: string, ...lines: string[]): Promise<RawAnswer> {
  const key = randomBytes(16).toString('base64');
  return askRaw(web.port, [
    `GET ${path} HTTP/1.1`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
    ...lines,
  ]);
}

/** Nothing in an answer that a page of another site could make use of. */
function expectClosed({ headers, body }: RawAnswer): void {
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  expect(headers['set-cookie']).toBeUndefined();
  expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(body).not.toContain('devices');
}

describe('a name that is not the hub’s', () => {
  const HOSTS = [
    'evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io:7411',
    'localhost.evil.example',
    'user@127.0.0.1',
    '127.0.0.1 evil.example',
    '[::1].evil.example',
  ];

  it.each(HOSTS)('gets nothing by HTTP and by no upgrade: %s', async (host) => {
    const answers = [
      await get(`Host: ${host}`),
      await upgrade('/agent', `Host: ${host}`),
      // What a rebound page sends: all of it fits together.
      await upgrade('/agent', `Host: ${host}`, `Origin: http://${host}`, CHROMIUM),
      await upgrade('/ui', `Host: ${host}`, `Origin: http://${host}`, cookie, CHROMIUM),
      await askRaw(
        web.port,
        [
          'POST /ui/session HTTP/1.1',
          `Host: ${host}`,
          `Origin: http://${host}`,
          'Sec-Fetch-Site: same-origin',
          'Content-Type: application/json',
          'Content-Length: 2',
        ],
        '{}',
      ),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('HOST_NOT_ALLOWED');
      expectClosed(answer);
    }
  });

  it('is not hidden by a second name, nor by none', async () => {
    for (const lines of [
      [`Host: ${own}`, 'Host: evil.example'],
      ['Host: evil.example', `Host: ${own}`],
      [],
    ]) {
      for (const answer of [
        await get(...lines),
        await upgrade('/agent', ...lines),
        await upgrade('/ui', ...lines),
      ]) {
        expect(answer.status).toBe(400);
        expect(answer.body).toContain('BAD_HOST');
        expectClosed(answer);
      }
    }
    const old = await askRaw(web.port, ['GET /api/v1/devices HTTP/1.0']);
    expect(old.status).toBe(400);
    expectClosed(old);
  });

  it('is not hidden in the request target', async () => {
    for (const target of [
      'http://evil.example/api/v1/devices',
      `http://${own}/api/v1/devices`,
      'HTTP://user:pass@evil.example/',
      '//evil.example/api/v1/devices',
      'evil.example:80',
      '*',
    ]) {
      const lines = [`Host: ${own}`, 'Connection: close'];
      const plain = await askRaw(web.port, [`GET ${target} HTTP/1.1`, ...lines]);
      expect([400, 404], target).toContain(plain.status);
      expectClosed(plain);
      const upgraded = await upgrade(target, `Host: ${own}`);
      expect([400, 404], target).toContain(upgraded.status);
      expectClosed(upgraded);
    }
    expect((await askRaw(web.port, [`CONNECT ${own} HTTP/1.1`, `Host: ${own}`])).status).toBe(0);
  });

  it('is counted for the owner to see', async () => {
    const before = await web.hub.execute('getRefused', {}, ADMIN);
    await get('Host: evil.example');
    await upgrade('/agent', 'Host: evil.example');
    await get();
    await get('Host: evil.example', 'Expect: the-unexpected');
    await askRaw(web.port, [`GET http://${own}/ HTTP/1.1`, `Host: ${own}`, 'Connection: close']);
    const after = await web.hub.execute('getRefused', {}, ADMIN);
    const more = (code: string) => (after[code] ?? 0) - (before[code] ?? 0);
    expect([more('HOST_NOT_ALLOWED'), more('BAD_HOST'), more('BAD_PATH')]).toEqual([3, 1, 1]);
  });
});

describe('connections that are kept for further requests', () => {
  it('are so many of one address; more are closed with their answer, so that they take up no room', async () => {
    const small = await startRunningWeb({}, { limits: { requestsPerAddress: 4 } });
    const peers: RawPeer[] = [];
    for (let i = 0; i < 7; i++) {
      const peer = new RawPeer(small.port);
      peer.socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
      await peer.until(() => peer.heard.includes('"status":"ok"'));
      peers.push(peer);
    }
    const said = peers.map(({ heard }) => /^Connection: (.*)$/im.exec(heard.toString())?.[1]?.trim());
    expect(said.slice(0, 4)).toEqual(['keep-alive', 'keep-alive', 'keep-alive', 'keep-alive']);
    expect(said.slice(4)).toContain('close');
    const last = peers[4] ?? expect.fail('no peer');
    await last.closed();
    for (const peer of peers) peer.destroy();
    await small.dispose();
  });
});

describe('a page of another site that asks without end', () => {
  it('uses up its own patience, and not that of the machine it is looked at on', async () => {
    const small = await startRunningWeb({}, { limits: { requestsPerSec: 1 } });
    const host = `Host: 127.0.0.1:${small.port}`;
    const ask = (site: string): Promise<RawAnswer> =>
      askRaw(small.port, ['GET /healthz HTTP/1.1', host, `Sec-Fetch-Site: ${site}`, 'Connection: close']);
    const flood = await Promise.all(Array.from({ length: 30 }, () => ask('cross-site')));
    expect(flood.some(({ status }) => status === 429)).toBe(true);
    expect((await ask('same-origin')).status).toBe(200);
    await small.dispose();
  });
});

describe('an upgrade', () => {
  it('needs HTTP/1.1, so that no older proxy stands in between', async () => {
    const lines = [
      `Host: ${own}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    const answer = await askRaw(web.port, ['GET /agent HTTP/1.0', ...lines]);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('BAD_UPGRADE');
    expect((await askRaw(web.port, ['GET /agent HTTP/1.1', ...lines])).status).toBe(101);
  });
});

describe('an upgrade to another version of WebSocket', () => {
  it.each(['12', '8', '7', '0', '13.0', '+13', '0x0d', '13, 8', '255'])(
    'is refused with the version that the hub speaks: %s',
    async (version) => {
      for (const path of ['/agent', '/', '/echo', '/ui']) {
        const answer = await askRaw(web.port, [
          `GET ${path} HTTP/1.1`,
          `Host: ${own}`,
          'Upgrade: websocket',
          'Connection: Upgrade',
          `Sec-WebSocket-Version: ${version}`,
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        ]);
        expect(answer.status).toBe(426);
        expect(answer.headers['sec-websocket-version']).toBe('13');
        expect(answer.body).toContain('BAD_WEBSOCKET_VERSION');
        expectClosed(answer);
      }
    },
  );
});

describe('a client of another protocol', () => {
  it('is told what it is and what to use, by its path or its subprotocol, also before its upgrade', async () => {
    const host = `Host: ${own}`;
    const answers = [
      await upgrade('/socket.io/?EIO=4&transport=websocket', host),
      await upgrade('/', host, 'Sec-WebSocket-Protocol: mqtt'),
      await upgrade('/agent', host, 'Sec-WebSocket-Protocol: v12.stomp, v11.stomp'),
      await upgrade('/', host, 'Sec-WebSocket-Protocol: graphql-transport-ws'),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(400);
      expect(answer.body).toContain('OTHER_PROTOCOL');
      expect(answer.body).toContain('plain WebSocket client');
    }
    const polling = await web.ask('/socket.io/?EIO=4&transport=polling');
    expect(polling.status).toBe(404);
    expect(polling.body).toContain('Socket.IO');
  });
});

describe('a page of another origin', () => {
  const origins = () => [
    'http://evil.example',
    'null',
    'file://',
    `http://127.0.0.1:${web.port + 1}`,
    `http://localhost:${web.port}`,
    `http://127.0.0.1:${web.port}.evil.example`,
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  ];

  it('is no agent, opens no UI and no session, whatever cookie comes along', async () => {
    for (const origin of origins()) {
      const lines = [`Host: ${own}`, `Origin: ${origin}`, cookie, CHROMIUM];
      const answers = [
        await upgrade('/agent', ...lines),
        await upgrade('/', ...lines),
        await upgrade('/ui', ...lines),
        await get(...lines),
        await askRaw(
          web.port,
          [
            'POST /ui/session HTTP/1.1',
            ...lines,
            'Content-Type: application/json',
            'Content-Length: 2',
            'Connection: close',
          ],
          '{}',
        ),
        await askRaw(web.port, ['DELETE /ui/session HTTP/1.1', ...lines, 'Connection: close']),
        await askRaw(
          web.port,
          [
            'POST /api/v1/import HTTP/1.1',
            ...lines,
            'Content-Type: application/x-ndjson',
            'Content-Length: 0',
            'Connection: close',
          ],
          '',
        ),
      ];
      for (const [i, answer] of answers.entries()) {
        expect(answer.status, `${origin} #${i}`).toBe(403);
        expect(answer.body, `${origin} #${i}`).toMatch(/ORIGIN_NOT_ALLOWED|OTHER_SITE/);
        expectClosed(answer);
      }
    }
  });

  it('asks in vain whether it may ask', async () => {
    for (const path of ['/api/v1/devices', '/api/v1/import', '/ui/session', '/']) {
      const answer = await askRaw(web.port, [
        `OPTIONS ${path} HTTP/1.1`,
        `Host: ${own}`,
        'Origin: http://evil.example',
        'Access-Control-Request-Method: POST',
        'Access-Control-Request-Headers: content-type',
        'Connection: close',
      ]);
      expect([403, 405]).toContain(answer.status);
      expectClosed(answer);
    }
  });

  it('without an `Origin`, as forms and images are, is told by `Sec-Fetch-Site`', async () => {
    for (const site of ['cross-site', 'same-site', 'CROSS-SITE', 'anything', 'same-origin, cross-site']) {
      const answer = await get(`Host: ${own}`, `Sec-Fetch-Site: ${site}`, cookie);
      expect(answer.status, site).toBe(403);
      expectClosed(answer);
    }
    for (const site of ['same-origin', 'none']) {
      expect((await get(`Host: ${own}`, `Sec-Fetch-Site: ${site}`, cookie)).status).toBe(200);
    }
  });

  it('cannot send a form for a session or an import, even where no browser tells who asks', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      for (const path of ['/ui/session', '/api/v1/import']) {
        const answer = await askRaw(
          web.port,
          [
            `POST ${path} HTTP/1.1`,
            `Host: ${own}`,
            `Content-Type: ${type}`,
            'Content-Length: 2',
            'Connection: close',
          ],
          '{}',
        );
        expect(answer.status).toBe(415);
        expectClosed(answer);
      }
    }
  });
});

describe('a program on the network', () => {
  it('is an agent without an `Origin`, and with that of arduinoWebSockets', async () => {
    const arduino = [
      'Origin: file://',
      'User-Agent: arduino-WebSocket-Client',
      'Sec-WebSocket-Protocol: arduino',
    ];
    expect((await upgrade('/', `Host: ${own}`)).status).toBe(101);
    expect((await upgrade('/', `Host: ${own}`, ...arduino)).status).toBe(101);
  });
});

describe('what every answer carries', () => {
  const CASES: [what: string, ask: () => Promise<RawAnswer>, status: number][] = [
    ['the UI', () => send('GET', '/'), 200],
    ['a script of it', () => send('GET', '/assets/index-AbCd1234.js'), 200],
    ['HEAD', () => send('HEAD', '/'), 200],
    ['a file that is known', () => send('GET', '/icon.svg', 'If-None-Match: *'), 304],
    ['the agent', () => send('GET', '/wirewatch-agent.mjs'), 200],
    ['the API', () => send('GET', '/api/v1/devices'), 200],
    ['an export', () => send('GET', '/api/v1/export'), 200],
    ['health', () => send('GET', '/healthz'), 200],
    ['a mistake in the API', () => send('GET', '/api/v1/query'), 400],
    ['a bad path', () => send('GET', '/../secret.txt'), 400],
    [
      'a session',
      () => send('POST', '/ui/session', 'Content-Type: application/json', 'Content-Length: 0'),
      400,
    ],
    ['no session', () => send('GET', '/ui/session'), 401],
    ['another site', () => send('GET', '/api/v1/devices', 'Origin: null'), 403],
    ['no such page', () => send('GET', '/nothing'), 404],
    ['no such API', () => send('GET', '/api/v2/devices'), 404],
    ['a method', () => send('PUT', '/'), 405],
    ['a method of the API', () => send('DELETE', '/api/v1/devices'), 405],
    ['an odd method', () => send('TRACE', '/ui/session'), 405],
    ['a type', () => send('POST', '/api/v1/import', 'Content-Length: 0'), 415],
    ['an expectation', () => send('GET', '/', 'Expect: the-unexpected'), 417],
    ['a page asked for by HTTP', () => send('GET', '/agent'), 426],
    ['another host', () => get('Host: evil.example'), 403],
    ['no host', () => get(), 400],
    ['a refused upgrade', () => upgrade('/ui', `Host: ${own}`, `Origin: http://${own}`), 401],
    ['an unknown upgrade', () => upgrade('/nothing', `Host: ${own}`), 404],
    ['a bad upgrade', () => send('GET', '/agent', 'Upgrade: websocket', 'Connection: Upgrade'), 400],
    ['no HTTP', () => askRaw(web.port, ['HELO hub']), 400],
    ['too long a head', () => send('GET', '/', `X: ${'x'.repeat(20_000)}`), 400],
  ];
  const send = (method: string, path: string, ...lines: string[]): Promise<RawAnswer> =>
    askRaw(web.port, [`${method} ${path} HTTP/1.1`, `Host: ${own}`, 'Connection: close', ...lines]);

  it.each(CASES)('%s', async (_, ask, status) => {
    const { status: answered, headers } = await ask();
    expect(answered).toBe(status);
    const csp = headers['content-security-policy'] ?? '';
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
    ]) {
      expect(csp).toContain(directive);
    }
    for (const directive of ["form-action 'none'", "frame-ancestors 'none'"])
      expect(csp).toContain(directive);
    expect(csp).not.toMatch(/script-src[^;]*(unsafe|\*|http:|data:)/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()') as string,
      'cache-control': expect.stringMatching(
        /^(no-store|no-cache|public, max-age=31536000, immutable)$/,
      ) as string,
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(headers['x-powered-by'] ?? headers['server']).toBeUndefined();
  });

  it('of the API is never kept by a browser', async () => {
    for (const path of ['/api/v1/devices', '/api/v1/nothing', '/api/v1/export', '/ui/session', '/healthz']) {
      expect((await send('GET', path)).headers['cache-control'], path).toBe('no-store');
    }
  });
});
