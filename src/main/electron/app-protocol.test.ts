import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { protocol } from 'electron';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { serveAppFile, setupAppProtocol, setupAppScheme } from './app-protocol';

vi.mock('electron', async () => (await import('../../../tests/fakes/electron')).fakeElectron());

let base: string;
let renderer: string;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'wirewatch-'));
  renderer = join(base, 'renderer');
  mkdirSync(join(renderer, 'assets'), { recursive: true });
  writeFileSync(join(renderer, 'index.html'), '<!doctype html><title>Wirewatch</title>');
  writeFileSync(join(renderer, 'assets', 'main.js'), 'export {};');
  writeFileSync(join(base, 'secret.html'), 'TOP SECRET');
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

const get = (url: string, method = 'GET') => serveAppFile(renderer, { url, method });

describe('the app:// protocol', () => {
  it('is registered with an origin of its own and without a way around the CSP', () => {
    setupAppScheme();
    const schemes = vi.mocked(protocol.registerSchemesAsPrivileged).mock.calls[0]?.[0];
    expect(schemes?.[0]).toMatchObject({ scheme: 'app', privileges: { standard: true, secure: true } });
    expect(schemes?.[0]?.privileges?.bypassCSP).toBeUndefined();
    setupAppProtocol(renderer, () => Promise.resolve(new Response()));
    expect(protocol.handle).toHaveBeenCalledWith('app', expect.any(Function));
  });

  it.each([
    ['app://wirewatch/', 'text/html; charset=utf-8'],
    ['app://wirewatch/index.html?x=1', 'text/html; charset=utf-8'],
    ['app://wirewatch/assets/main.js', 'text/javascript; charset=utf-8'],
  ])('serves %s with its type and the security headers', async (url, type) => {
    const response = await get(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe(type);
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
  });

  it.each([
    ['app://wirewatch/..%2fsecret.html', 400],
    ['app://wirewatch/%2e%2e%2fsecret.html', 400],
    ['app://wirewatch/..%5csecret.html', 400],
    ['app://wirewatch/%252e%252e/secret.html', 400],
    ['app://wirewatch/assets/..%2f..%2fsecret.html', 400],
    ['app://wirewatch/index.html%00.png', 400],
    ['app://wirewatch/%ff', 400],
    ['app://wirewatch/../secret.html', 404],
    ['app://wirewatch/missing.html', 404],
    ['app://wirewatch/assets', 404],
    ['app://elsewhere/index.html', 404],
  ])('refuses %s with %i', async (url, status) => {
    const response = await get(url);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe('');
  });

  it('answers only GET and HEAD', async () => {
    expect((await get('app://wirewatch/index.html', 'POST')).status).toBe(405);
    const head = await get('app://wirewatch/index.html', 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('never serves what lies outside its folder, whatever the path', async () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2f',
      '%5c',
      '%25',
      'secret.html',
      'assets',
      '',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const response = await get(`app://wirewatch/${pieces.join('')}`);
        expect(await response.text()).not.toContain('TOP SECRET');
      }),
    );
  });
});
