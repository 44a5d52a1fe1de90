import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INDEX_HTML, LARGE_SCRIPT, startRunningWeb, type RunningWeb } from '../../../tests/fakes/running-web';

describe('the web server', () => {
  let running: RunningWeb;
  beforeAll(async () => {
    running = await startRunningWeb();
  });
  afterAll(() => running.dispose());

  it('serves the UI at / and lets browsers check for a new one each time', async () => {
    const answer = await running.ask('/');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect(answer.body).toBe(INDEX_HTML);
  });

  it('lets browsers keep files whose name carries a hash', async () => {
    const answer = await running.ask('/assets/index-AbCd1234.js');
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it('answers 304 to who has the file already', async () => {
    const { headers } = await running.ask('/icon.svg');
    const again = await running.ask('/icon.svg', { headers: { 'If-None-Match': String(headers.etag) } });
    expect(again.status).toBe(304);
    expect(again.body).toBe('');
  });

  it('compresses large texts for who takes that, under a tag of their own', async () => {
    const path = '/assets/large-AbCd1234.js';
    const plain = await running.ask(path);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers.vary).toBe('Accept-Encoding');
    expect(plain.body).toBe(LARGE_SCRIPT);
    for (const encodings of ['gzip, deflate, br', 'br;q=1.0, gzip;q=0.5']) {
      const answer = await running.ask(path, { headers: { 'Accept-Encoding': encodings } });
      expect(answer.headers['content-encoding'], encodings).toBe('gzip');
      expect(gunzipSync(answer.bytes).toString()).toBe(LARGE_SCRIPT);
      expect(answer.headers.etag).not.toBe(plain.headers.etag);
      expect(answer.headers['content-length']).toBe(String(answer.bytes.length));
    }
    for (const encodings of ['br', 'gzip;q=0', 'gzip;q=0.0', 'xgzip']) {
      const answer = await running.ask(path, { headers: { 'Accept-Encoding': encodings } });
      expect(answer.headers['content-encoding'], encodings).toBeUndefined();
    }
  });

  it('answers HEAD with the length and no body', async () => {
    const answer = await running.ask('/', { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-length']).toBe(String(INDEX_HTML.length));
    expect(answer.body).toBe('');
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'refuses %s with 405 and says what is allowed',
    async (method) => {
      const answer = await running.ask('/', { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toBe('GET, HEAD');
    },
  );

  it.each(['/nothing', '/device/nas', '/assets/', '/assets', '/index.htm', '/secret.txt', '/api', '/api/v1'])(
    'has no catch-all: %s is 404',
    async (path) => {
      expect((await running.ask(path)).status).toBe(404);
    },
  );

  it.each([
    '/../secret.txt',
    '/assets/../index.html',
    '/./',
    '/%2e%2e/secret.txt',
    '/%2E%2E/secret.txt',
    '/.%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%252e%252e/secret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/a%00b',
    '/%zz',
    '/api/v1/../../secret.txt',
  ])('answers 400 to %s', async (path) => {
    const answer = await running.ask(path);
    expect(answer.status).toBe(400);
    expect(answer.body).not.toContain('nobody may read this');
  });

  it('sends the security headers with everything, errors included', async () => {
    for (const path of ['/', '/nothing', '/api/v1/devices', '/healthz', '/../x', '/wirewatch-agent.mjs']) {
      const { headers } = await running.ask(path);
      expect(headers['content-security-policy'], path).toContain("default-src 'none'");
      expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options'], path).toBe('nosniff');
      expect(headers['referrer-policy'], path).toBe('no-referrer');
      expect(headers['cross-origin-opener-policy'], path).toBe('same-origin');
      expect(headers['access-control-allow-origin'], path).toBeUndefined();
    }
  });

  it('serves the agent as a script', async () => {
    const answer = await running.ask('/wirewatch-agent.mjs');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(answer.body).toBe('// agent');
  });

  it.each(['/agent', '/echo', '/echo/raw', '/ui'])('says that %s speaks WebSocket', async (path) => {
    expect((await running.ask(path)).status).toBe(426);
  });

  it('sends the whole file whatever range is asked for', async () => {
    for (const range of ['bytes=-5', 'bytes=9-2', 'bytes=99999999-']) {
      const answer = await running.ask('/', { headers: { Range: range } });
      expect(answer.status, range).toBe(200);
      expect(answer.body, range).toBe(INDEX_HTML);
    }
  });

  it('goes on when a file is taken away while it is served', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wirewatch-ui-'));
    writeFileSync(join(folder, 'index.html'), INDEX_HTML);
    const rebuilt = await startRunningWeb({ rendererDir: folder });
    rmSync(folder, { recursive: true });
    const answer = await rebuilt.ask('/');
    expect(answer.status).toBe(404);
    expect(answer.body).toContain('npm run build');
    expect((await rebuilt.ask('/healthz')).status).toBe(200);
    await rebuilt.dispose();
  });

  it('says what to do when the UI is not built', async () => {
    const bare = await startRunningWeb({ rendererDir: '/nowhere/at/all' });
    const answer = await bare.ask('/');
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('npm run build');
    await bare.dispose();
  });
});
